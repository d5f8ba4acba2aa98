/** Writes text to standard output or standard error in order, without blocking, and tells when all of it is written. */
import { write } from "node:fs";

export interface ProcessOutput {
  write(text: string): void;
  /** Resolves when all text is written, or nothing can be written any more. */
  flush(): Promise<void>;
}

/** Why an output takes no more text. */
export type OutputEnd =
  /** The reader has closed its end (`| head`). */
  | { readonly reason: "closed" }
  /** The disk is full, or the device failed. */
  | { readonly reason: "failed"; readonly problem: string };

/** Characters that wait for a slow reader of a log. */
const MAX_LOSSY_PENDING = 16_000_000;

/** Milliseconds until the next attempt when another process has made the pipe non-blocking and it is full. */
const RETRY_MS = 5;

/**
 * Creates an output of a file descriptor. Text waits in memory while the reader is slow.
 *
 * `process.stdout` is not used. Neither its write callback nor its `finish` event waits for a pipe, so a process that exits
 * loses everything beyond the pipe's buffer. It also makes the pipe non-blocking for every process that shares it.
 * @param onEnd is called before `flush` resolves. Later text is discarded.
 * @param isLossy for a log, which must not stop a server: text is lost while the disk is full or the reader is too slow.
 */
export function createOutput(
  descriptor: number,
  onEnd: (end: OutputEnd) => void,
  { isLossy = false }: { readonly isLossy?: boolean } = {},
): ProcessOutput {
  let pending: string[] = [];
  let pendingSize = 0;
  let hasEnded = false;
  let writing: Promise<void> | undefined;

  async function writePending(): Promise<void> {
    // The texts of one tick are written together.
    await undefined;
    while (pending.length > 0) {
      const bytes = Buffer.from(pending.join(""));
      pending = [];
      pendingSize = 0;
      try {
        await writeAll(descriptor, bytes);
      } catch (error) {
        const end = toOutputEnd(error);
        hasEnded = !isLossy || end.reason === "closed";
        pending = [];
        pendingSize = 0;
        onEnd(end);
      }
    }
    writing = undefined;
  }

  return {
    write(text) {
      if (hasEnded || text === "" || (isLossy && pendingSize > MAX_LOSSY_PENDING)) return;
      pending.push(text);
      pendingSize += text.length;
      writing ??= writePending();
    },
    async flush() {
      await writing;
    },
  };
}

function toOutputEnd(error: unknown): OutputEnd {
  if (isClosedPipe(error)) return { reason: "closed" };
  return { reason: "failed", problem: error instanceof Error ? error.message : String(error) };
}

/** Checks for the error of a write to a pipe whose reader has closed its end. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

/** Writes all bytes, however small the parts that the reader takes. */
async function writeAll(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const written = await writePart(descriptor, bytes, offset);
    if (written === 0) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    offset += written;
  }
}

/** Resolves to the number of bytes written, 0 when the pipe is full. */
function writePart(descriptor: number, bytes: Uint8Array, offset: number): Promise<number> {
  return new Promise((resolve, reject) =>
    write(descriptor, bytes, offset, bytes.length - offset, null, (error, written) => {
      if (error === null) resolve(written);
      else if (error.code === "EAGAIN" || error.code === "EINTR") resolve(0);
      else reject(error);
    }),
  );
}
