/** Streams a response at the pace of its client. */
import type { RequestContext } from "./types.ts";

export interface StreamingBody {
  /** Texts that are each written at once. The next one is requested when the client can take it. */
  readonly chunks: AsyncGenerator<string, void>;
  /** Called when the client disconnects; the iteration ends afterwards. */
  onCancel(): void;
  readonly headers: Readonly<Record<string, string>>;
  /** Returns a keep-alive text, sent during silence so that proxies do not close the connection. */
  ping?(): string;
}

/** Milliseconds of silence before a ping, at most twice as many. */
const PING_MS = 15_000;

export function streamingResponse(
  request: Request,
  { app, server }: Pick<RequestContext, "app" | "server">,
  { chunks, onCancel, headers, ping }: StreamingBody,
): Response {
  // Bun closes a silent response after some seconds; a model or a call may take longer.
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
        if (!next.done) return controller.enqueue(encoder.encode(escapeLineSeparators(next.value)));
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
  // Without this header nginx buffers the response.
  return new Response(body, { headers: { "X-Accel-Buffering": "no", ...headers } });
}

/** Escapes characters in JSON strings at which some clients end a line: U+0085, U+2028 and U+2029. */
function escapeLineSeparators(text: string): string {
  return text.replace(
    LINE_SEPARATORS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const LINE_SEPARATORS = /[\u0085\u2028\u2029]/g;
