/** Calls the service once, streaming or not, and decodes the response into batches of model events. */
import { StreamDecoder } from "./decode.ts";
import { IdleTimeout } from "./idle-timeout.ts";
import { decodeResponse } from "./non-streaming.ts";
import { ResponsesDecoder } from "./responses/decode.ts";
import type { ResponsesBody, ResponsesSurface } from "./responses/types.ts";
import type { BedrockService, ConverseBody, EventBatch } from "./types.ts";
import { toUpstreamError, UpstreamError } from "./upstream.ts";

export type ServiceCall = { readonly idleTimeoutMs: number } & (
  | {
      readonly api: "converse";
      readonly model: string;
      readonly body: ConverseBody;
      readonly streaming: boolean;
    }
  | { readonly api: "responses"; readonly surface: ResponsesSurface; readonly body: ResponsesBody }
);

/** Sends the call. Throws what the SDK or the network threw, and the timeout error when the service went silent. */
export async function* callService(
  service: BedrockService,
  call: ServiceCall,
  signal: AbortSignal,
): AsyncGenerator<EventBatch> {
  const idleTimeout = new IdleTimeout(call.idleTimeoutMs, signal);
  let hasStarted = false;
  try {
    if (call.api === "responses" || call.streaming) {
      const bytes = await openStream(service, call, idleTimeout.signal);
      hasStarted = true;
      const decoder = call.api === "responses" ? new ResponsesDecoder() : new StreamDecoder();
      for await (const chunk of bytes) {
        idleTimeout.recordActivity();
        const batch = decoder.read(chunk);
        if (batch.length === 0) continue;
        idleTimeout.pause();
        yield batch;
        idleTimeout.resume();
        if (decoder instanceof StreamDecoder) decoder.throwFailure();
      }
      // An aborted stream may end as if it were complete.
      if (!idleTimeout.signal.aborted) yield decoder.end();
    } else {
      yield decodeResponse(await service.converse(call.model, call.body, idleTimeout.signal));
    }
  } catch (error) {
    throw idleTimeout.timeoutError ?? toStreamError(error, hasStarted);
  } finally {
    idleTimeout.dispose();
  }
  if (idleTimeout.timeoutError) throw idleTimeout.timeoutError;
}

function openStream(
  service: BedrockService,
  call: ServiceCall,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  return call.api === "responses"
    ? service.respond(call.surface, call.body, signal)
    : service.stream(call.model, call.body, signal);
}

/** Distinguishes a connection that broke during the response (`StreamResetError`) from one that was not established. */
function toStreamError(error: unknown, hasStarted: boolean): unknown {
  const upstream = toUpstreamError(error);
  return hasStarted && upstream?.type === "ConnectionError"
    ? new UpstreamError("StreamResetError", upstream.message, { cause: error })
    : error;
}
