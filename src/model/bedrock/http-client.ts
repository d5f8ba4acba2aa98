/** Chooses how requests of models are sent: over own connections, or through proxies with the transport of the SDK. */
import type { IncomingMessage } from "node:http";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { createHttpPool, type HttpPool } from "./http-pool.ts";
import type { SendHttp } from "./http-types.ts";
import type { TransportOptions } from "./transport.ts";

export function createHttpClient(options: TransportOptions, handler: NodeHttpHandler): HttpPool {
  const { certificates, proxyEnvironment = {} } = options;
  const isDirect = certificates === undefined && !Object.values(proxyEnvironment).some(Boolean);
  return isDirect ? createHttpPool(options) : { send: sendWith(handler), close() {} };
}

function sendWith(handler: NodeHttpHandler): SendHttp {
  return async (request, signal) => {
    // The class of the SDK adds `clone`, which is not used.
    const { response } = await handler.handle(request as Parameters<NodeHttpHandler["handle"]>[0], {
      abortSignal: signal,
    });
    const message: IncomingMessage = response.body;
    const abort = () => message.destroy();
    signal.addEventListener("abort", abort, { once: true });
    return {
      status: response.statusCode,
      headers: response.headers,
      body: message,
      close() {
        signal.removeEventListener("abort", abort);
        if (!message.complete) message.destroy();
      },
    };
  };
}
