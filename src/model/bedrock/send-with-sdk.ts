/** Sends requests to AWS through the transport of the SDK: any number of them, also through proxies. */
import type { IncomingMessage } from "node:http";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { SendHttp } from "./http-types.ts";

export function createSdkSender(handler: NodeHttpHandler): SendHttp {
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
