/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import type { Visit } from "./types.ts";

/** A value as one event. */
export function dataEvent(value: string): string {
  return `data: ${value}\n\n`;
}

/**
 * Sends texts as the client takes them: the next one is asked for when there is room for it. When the client goes away, `left`
 * is called and the iteration is ended.
 */
export function eventStream(
  request: Request,
  { server }: Pick<Visit, "server">,
  texts: AsyncGenerator<string, void>,
  left: () => void,
  headers: Readonly<Record<string, string>> = {},
): Response {
  // A model may be silent for longer than Bun waits.
  server.timeout(request, 0);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      left();
      await texts.return();
    },
  });
  return new Response(body, {
    headers: {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache",
      // nginx would gather it all first.
      "X-Accel-Buffering": "no",
      ...headers,
    },
  });
}
