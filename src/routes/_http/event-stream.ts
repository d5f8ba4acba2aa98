/** Server-sent events as a response: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { streamed } from "./streaming-response.ts";
import type { Visit } from "./types.ts";

/** Each text is the data of one event, without line breaks; for the rest see {@link streamed}. */
export function eventStream(
  request: Request,
  visit: Pick<Visit, "app" | "server">,
  texts: AsyncGenerator<string, void>,
  left: () => void,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return streamed(request, visit, {
    texts: asData(texts),
    left,
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-transform", ...headers },
    // A comment, which clients skip.
    ping: () => ": ping\n\n",
  });
}

async function* asData(texts: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  for await (const text of texts) yield `data: ${text}\n\n`;
}
