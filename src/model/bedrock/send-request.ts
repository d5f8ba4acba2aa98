/** Chooses how requests of models are sent. `fetch` takes less CPU time, but keeps few connections and has no option for proxies. */
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { HttpResponse, SendHttp } from "./http-types.ts";
import { createFetchSender } from "./send-with-fetch.ts";
import { createSdkSender } from "./send-with-sdk.ts";
import type { TransportOptions } from "./transport.ts";

/** The connections that Bun's `fetch` keeps open for later requests. It would open a new one for each request beyond. */
const FETCH_CONNECTIONS = 64;

/** Sends with `fetch` as long as it keeps the connections, and with the transport of the SDK beyond. */
export function createSendRequest(options: TransportOptions, handler: NodeHttpHandler): SendHttp {
  const sendWithSdk = createSdkSender(handler);
  const { certificates, proxyEnvironment = {} } = options;
  if (certificates !== undefined || Object.values(proxyEnvironment).some(Boolean)) return sendWithSdk;
  const sendWithFetch = createFetchSender(options);
  let count = 0;
  return async (request, signal) => {
    if (count >= FETCH_CONNECTIONS) return await sendWithSdk(request, signal);
    count += 1;
    let response: HttpResponse;
    try {
      response = await sendWithFetch(request, signal);
    } catch (error) {
      count -= 1;
      throw error;
    }
    let isClosed = false;
    return {
      ...response,
      close() {
        response.close();
        if (!isClosed) count -= 1;
        isClosed = true;
      },
    };
  };
}
