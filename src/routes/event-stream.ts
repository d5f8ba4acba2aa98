/** Server-sent events as a response: https://html.spec.whatwg.org/multipage/server-sent-events.html */

/**
 * Each text is the data of one event. The next is asked for when the client has room for it; `leave` is called when the client is gone.
 */
export function eventStream(
  events: AsyncIterator<string, void>,
  leave: () => void,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await events.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(`data: ${next.value}\n\n`));
      },
      async cancel() {
        leave();
        await events.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache, no-transform",
      "X-Accel-Buffering": "no",
      ...headers,
    },
  });
}
