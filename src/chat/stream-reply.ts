/** Streams the reply of one model call. */
import type { ActiveTurn } from "./active-turn.ts";
import { prepareLongMessages } from "./chunking/long-messages.ts";
import { retryWithShorterRequest } from "./context/overflow.ts";
import { estimateRequestTokens } from "./context/request.ts";
import type { ReplyBuilder } from "./reply.ts";
import type { TurnEvent } from "./types.ts";

/** Calls the model, adds its events to `reply` and yields its text as it arrives. */
export async function* streamReply(
  round: number,
  reply: ReplyBuilder,
  { input, limits, ports, signal, record, ratios, requests, unsupportedAttachments }: ActiveTurn,
): AsyncGenerator<TurnEvent, void> {
  await ports.runInSlices?.(prepareLongMessages(record.messages, limits));
  let estimatedTokens = 0;
  const stream = () => {
    const request = requests.buildNext();
    estimatedTokens = estimateRequestTokens(request, input.toolTokens);
    return unsupportedAttachments.prependNotice(
      request,
      ports.model.limits(input.model),
      ports.model.stream(request, signal),
    );
  };
  // Without a separator, clients that join all text of a turn would run the texts of two rounds together.
  let separator = record.text === "" || record.text.endsWith("\n") ? "" : "\n\n";
  for await (const event of retryWithShorterRequest(stream, () => requests.halve())) {
    reply.add(event);
    if (event.type === "text") {
      if (separator !== "") {
        record.appendText(separator);
        yield { type: "text_delta", round, text: separator };
        separator = "";
      }
      record.appendText(event.text);
      yield { type: "text_delta", round, text: event.text };
    } else if (event.type === "reasoning" && event.text !== "") {
      yield { type: "reasoning_delta", round, text: event.text };
    } else if (event.type === "notice") {
      yield event;
    } else if (event.type === "end" && event.model === undefined && !requests.wasHalved) {
      // Skipped after a fallback, which read another part of the history, and after a retry, whose usage is of two calls.
      ratios.record(input.model, estimatedTokens, event.usage);
    }
  }
}
