/** Streams server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { streamingResponse } from "./streaming-response.ts";
import type { RequestContext } from "./types.ts";

/** Sends each text, which has no line breaks, as the data of one event. For the rest see {@link streamingResponse}. */
export function eventStreamResponse(
  request: Request,
  context: Pick<RequestContext, "app" | "server">,
  texts: AsyncGenerator<string, void>,
  onCancel: () => void,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return streamingResponse(request, context, {
    chunks: encodeEvents(texts),
    onCancel,
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-transform", ...headers },
    // Clients skip comments.
    ping: () => ": ping\n\n",
  });
}

async function* encodeEvents(texts: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  for await (const text of texts) yield `data: ${text}\n\n`;
}
