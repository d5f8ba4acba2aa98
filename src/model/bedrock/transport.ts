/** The HTTP transport of the SDK's clients: HTTP/1.1 with keep-alive, through the proxies of the environment. */
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { BedrockOptions } from "./types.ts";

export type TransportOptions = Pick<BedrockOptions, "connectTimeoutMs" | "proxyEnvironment" | "certificates">;

export async function createTransport(options: TransportOptions): Promise<NodeHttpHandler> {
  const [{ NodeHttpHandler }, http, https, tls] = await Promise.all([
    import("@smithy/node-http-handler"),
    import("node:http"),
    import("node:https"),
    import("node:tls"),
  ]);
  const agentOptions = {
    keepAlive: true,
    // Concurrent calls are limited by concurrency-limiter.ts.
    maxSockets: Number.POSITIVE_INFINITY,
    maxFreeSockets: 1000,
    ...(options.proxyEnvironment && { proxyEnv: { ...options.proxyEnvironment } }),
  };
  return new NodeHttpHandler({
    httpAgent: new http.Agent(agentOptions),
    httpsAgent: new https.Agent({
      ...agentOptions,
      ...(options.certificates !== undefined && {
        ca: [...tls.getCACertificates("default"), options.certificates],
      }),
    }),
    connectionTimeout: options.connectTimeoutMs,
  });
}
