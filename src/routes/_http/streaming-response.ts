/** A response that is written as it comes into being. */
import type { Visit } from "./types.ts";

export interface Streamed {
  /** Each is written in one piece; the next is asked for when the client has room for it. */
  readonly texts: AsyncGenerator<string, void>;
  /** The client has gone away. The iteration is ended. */
  left(): void;
  readonly headers: Readonly<Record<string, string>>;
  /** Written where there is nothing else to say, for proxies that take silence for the end. */
  ping?(): string;
}

/** Milliseconds of silence; up to twice as many. */
const PING_MS = 15_000;

export function streamed(
  request: Request,
  { app, server }: Pick<Visit, "app" | "server">,
  { texts, left, headers, ping }: Streamed,
): Response {
  // A model, or a call, may be silent for longer than Bun waits.
  server.timeout(request, 0);
  const encoder = new TextEncoder();
  const over = new AbortController();
  let isWaiting = false;
  let isQuiet = false;
  async function keepAlive(
    controller: ReadableStreamDefaultController<Uint8Array>,
    ping: () => string,
  ): Promise<void> {
    for (;;) {
      isQuiet = true;
      await app.sleep(PING_MS, over.signal);
      if (over.signal.aborted) return;
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
        const next = await texts.next().finally(() => {
          isWaiting = false;
          isQuiet = false;
        });
        if (!next.done) return controller.enqueue(encoder.encode(next.value));
        over.abort();
        controller.close();
      },
      async cancel() {
        over.abort();
        left();
        await texts.return();
      },
    },
    { highWaterMark: 0 },
  );
  // nginx would gather it all first.
  return new Response(body, { headers: { "X-Accel-Buffering": "no", ...headers } });
}
