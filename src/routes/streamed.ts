/** A response that is written as it comes into being. */
import type { Visit } from "./types.ts";

/**
 * Each text is written in one piece. The next is asked for when the client has room for it. When the client goes away, `left` is
 * called and the iteration is ended.
 */
export function streamed(
  request: Request,
  { server }: Pick<Visit, "server">,
  texts: AsyncGenerator<string, void>,
  left: () => void,
  headers: Readonly<Record<string, string>>,
): Response {
  // A model, or a call, may be silent for longer than Bun waits.
  server.timeout(request, 0);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await texts.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      },
      async cancel() {
        left();
        await texts.return();
      },
    },
    { highWaterMark: 0 },
  );
  // nginx would gather it all first.
  return new Response(body, { headers: { "X-Accel-Buffering": "no", ...headers } });
}
