/** A response that is written as it comes into being. */
import type { RequestContext } from "./types.ts";

export interface StreamingBody {
  /** Each is written in one piece; the next is asked for when the client has room for it. */
  readonly chunks: AsyncGenerator<string, void>;
  /** The client has gone away. The iteration is ended. */
  onCancel(): void;
  readonly headers: Readonly<Record<string, string>>;
  /** Written where there is nothing else to say, for proxies that take silence for the end. */
  ping?(): string;
}

/** Milliseconds of silence; up to twice as many. */
const PING_MS = 15_000;

export function streamingResponse(
  request: Request,
  { app, server }: Pick<RequestContext, "app" | "server">,
  { chunks, onCancel, headers, ping }: StreamingBody,
): Response {
  // A model, or a call, may be silent for longer than Bun waits.
  server.timeout(request, 0);
  const encoder = new TextEncoder();
  const finished = new AbortController();
  let isWaiting = false;
  let isQuiet = false;
  async function keepAlive(
    controller: ReadableStreamDefaultController<Uint8Array>,
    ping: () => string,
  ): Promise<void> {
    for (;;) {
      isQuiet = true;
      await app.sleep(PING_MS, finished.signal);
      if (finished.signal.aborted) return;
      if (isWaiting && isQuiet) controller.enqueue(encoder.encode(ping()));
    }
  }
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (ping) void keepAlive(controller, ping);
      },
      async pull(controller) {
        isWaiting = true;
        const next = await chunks.next().finally(() => {
          isWaiting = false;
          isQuiet = false;
        });
        if (!next.done) return controller.enqueue(encoder.encode(next.value));
        finished.abort();
        controller.close();
      },
      async cancel() {
        finished.abort();
        onCancel();
        await chunks.return();
      },
    },
    { highWaterMark: 0 },
  );
  // nginx would gather it all first.
  return new Response(body, { headers: { "X-Accel-Buffering": "no", ...headers } });
}
