/** One call of the service, streamed or whole, as batches of model events. Throws what went wrong, as it came. */
import { StreamDecoder } from "./decode.ts";
import { SilenceLimit } from "./idle-timeout.ts";
import { wholeEvents } from "./non-streaming.ts";
import type { Batch, ConverseBody, Service } from "./types.ts";
import { UpstreamError, upstreamErrorOf } from "./upstream.ts";

export interface Attempt {
  readonly model: string;
  readonly body: ConverseBody;
  readonly streaming: boolean;
  readonly silenceTimeoutMs: number;
}

export async function* attempt(service: Service, call: Attempt, signal: AbortSignal): AsyncGenerator<Batch> {
  const limit = new SilenceLimit(call.silenceTimeoutMs, signal);
  let begun = false;
  try {
    if (call.streaming) {
      const bytes = await service.stream(call.model, call.body, limit.signal);
      begun = true;
      const decoder = new StreamDecoder();
      for await (const chunk of bytes) {
        limit.heard();
        const batch = decoder.read(chunk);
        if (batch.length === 0) continue;
        limit.pause();
        yield batch;
        limit.resume();
      }
      // An aborted stream may end as if it were complete.
      if (!limit.signal.aborted) yield decoder.end();
    } else {
      yield wholeEvents(await service.whole(call.model, call.body, limit.signal));
    }
  } catch (error) {
    throw limit.expired ?? brokenOff(error, begun);
  } finally {
    limit.leave();
  }
  if (limit.expired) throw limit.expired;
}

/** A connection that breaks once the answer has begun is another matter than one that never came about. */
function brokenOff(error: unknown, begun: boolean): unknown {
  const upstream = upstreamErrorOf(error);
  return begun && upstream?.type === "ConnectionError"
    ? new UpstreamError("StreamResetError", upstream.message, { cause: error })
    : error;
}
