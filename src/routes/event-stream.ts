/** Server-sent events as a response: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import type { Visit } from "./types.ts";

/**
 * Each text is the data of one event, without line breaks. The next is asked for when the client has room for it. When the client
 * goes away, `left` is called and the iteration is ended.
 */
export function eventStream(
  request: Request,
  { server }: Pick<Visit, "server">,
  texts: AsyncGenerator<string, void>,
  left: () => void,
  headers: Readonly<Record<string, string>> = {},
): Response {
  // A model, or a call, may be silent for longer than Bun waits.
  server.timeout(request, 0);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await texts.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(`data: ${next.value}\n\n`));
      },
      async cancel() {
        left();
        await texts.return();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache, no-transform",
      // nginx would gather it all first.
      "X-Accel-Buffering": "no",
      ...headers,
    },
  });
}
