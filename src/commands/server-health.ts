/** Asks a running server for its health. */
import { request } from "node:http";
import { request as requestEncrypted } from "node:https";
import type { Config } from "../config/settings.ts";
import { StartError } from "../errors.ts";

const TIMEOUT_MS = 5000;
const MAX_BODY = 100_000;

/** Returns the address of the health check of the server with these settings, or of the one at a URL. @throws StartError for an invalid URL */
export function findAddress(
  url: string | undefined,
  isLive: boolean,
  { host, metricsPort, port }: Pick<Config, "host" | "metricsPort" | "port">,
): string {
  const path = isLive ? "/livez" : "/readyz";
  if (url === undefined) {
    // A server that listens everywhere is checked on this machine.
    const name = { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[host] ?? (host.includes(":") ? `[${host}]` : host);
    return `http://${name}:${metricsPort || port}${path}`;
  }
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new StartError(`--url ${url} is no address such as http://127.0.0.1:8000.`);
  return parsed.pathname === "/" ? new URL(path, parsed).href : parsed.href;
}

/** Sends a request directly: `fetch` would use the proxy of the environment, also for this machine. */
export function getHealth(address: string): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const send = address.startsWith("https:") ? requestEncrypted : request;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const sent = send(address, { agent: false, signal }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      if (text.length < MAX_BODY) text += chunk;
    });
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    response.on("error", reject);
  });
  sent.on("error", (error) =>
    reject(signal.aborted ? new Error(`did not respond within ${TIMEOUT_MS / 1000} s`) : error),
  );
  sent.end();
  return promise;
}
