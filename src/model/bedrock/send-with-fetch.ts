/** Sends requests to AWS with `fetch`. */
import { connect } from "node:net";
import { FOREIGN_RESPONSE } from "./foreign-response.ts";
import type { HttpRequest, SendHttp } from "./http-types.ts";
import type { TransportOptions } from "./transport.ts";
import { UpstreamError } from "./upstream.ts";

/** The returned function throws UpstreamError when there is no response, and the reason of the signal when it aborts. */
export function createFetchSender({
  connectTimeoutMs,
}: Pick<TransportOptions, "connectTimeoutMs">): SendHttp {
  return async (request, signal) => {
    const controller = new AbortController();
    const abort = () => controller.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    let isWaiting = true;
    const timer = setTimeout(async () => {
      const isSilent = await ignoresConnections(request, connectTimeoutMs);
      if (isSilent && isWaiting) controller.abort(noConnection(request, connectTimeoutMs));
    }, connectTimeoutMs);
    try {
      const response = await fetch(formatUrl(request), {
        method: request.method,
        // Without the header, Bun asks for compression.
        headers: { "accept-encoding": "identity", ...request.headers },
        body: request.body as Uint8Array<ArrayBuffer>,
        redirect: "manual",
        signal: controller.signal,
      });
      let isComplete = false;
      return {
        status: response.status,
        headers: response.headers.toJSON(),
        body: read(response, () => {
          isComplete = true;
        }),
        close() {
          signal.removeEventListener("abort", abort);
          if (!isComplete) controller.abort();
        },
      };
    } catch (error) {
      signal.removeEventListener("abort", abort);
      controller.signal.throwIfAborted();
      throw describeFailure(error);
    } finally {
      isWaiting = false;
      clearTimeout(timer);
    }
  };
}

async function* read({ body }: Response, onEnd: () => void): AsyncGenerator<Uint8Array> {
  if (body) for await (const bytes of body) yield bytes;
  onEnd();
}

function formatUrl({ protocol, hostname, port, path }: HttpRequest): string {
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`;
}

/**
 * Returns whether the host neither accepts nor refuses a connection. `fetch` does not say whether it waits for that or for the
 * response; it fails by itself where a connection is refused.
 */
async function ignoresConnections(
  { hostname, protocol, port }: HttpRequest,
  timeoutMs: number,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(true), timeoutMs);
  const socket = connect({ host: hostname, port: port ?? (protocol === "https:" ? 443 : 80) });
  socket.once("connect", () => resolve(false)).once("error", () => resolve(false));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function noConnection({ hostname }: HttpRequest, timeoutMs: number): UpstreamError {
  return new UpstreamError("ConnectionError", `No connection to ${hostname} within ${timeoutMs / 1000} s.`);
}

function describeFailure(error: unknown): UpstreamError {
  const { code = "", message } = error as { readonly code?: string; readonly message: string };
  if (code.startsWith("Malformed_HTTP"))
    return new UpstreamError(FOREIGN_RESPONSE, `The response is not HTTP (${code}).`, { cause: error });
  const text = message.includes(code) ? message : `${code}: ${message}`;
  return new UpstreamError("ConnectionError", text, { cause: error });
}
