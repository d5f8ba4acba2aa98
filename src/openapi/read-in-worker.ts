/** Reads API descriptions in a worker, so that the thread that serves people is never busy for long. */
import { extractUrlCredentials } from "./document/credentials.ts";
import { DEFAULT_MAX_READ_MS, type ReadIo } from "./document/read-io.ts";
import { createDocumentSource, type DocumentSource } from "./document/source.ts";
import { OperationUnpacker } from "./operation-batches.ts";
import { tooSlowError } from "./schema/read-limits.ts";
import type { ApiDescription, Operation } from "./types.ts";
import {
  fromSentError,
  type MessageFromWorker,
  type MessageToWorker,
  toSentError,
} from "./worker-messages.ts";

/** The worker's module within the executable, which has all modules in one folder. Set by the build. */
declare const READ_WORKER: string | undefined;

/**
 * Reads an API description like `readDescription`, in a worker of its own. A document that takes too long is refused.
 * @throws DocumentError when the description cannot be read.
 */
export async function readDescriptionInWorker(
  address: string,
  baseIo: ReadIo,
  overlays: readonly string[] = [],
): Promise<ApiDescription> {
  const { source, io } = extractUrlCredentials(address, baseIo);
  const { maxReadMs = DEFAULT_MAX_READ_MS } = io;
  const path = typeof READ_WORKER === "string" ? READ_WORKER : "./read-worker.ts";
  const worker = new Worker(new URL(path, import.meta.url));
  const limit = new WorkLimit(maxReadMs);
  try {
    return await new Promise((resolve, reject) => {
      limit.onExceeded = () => reject(tooSlowError(source, maxReadMs));
      worker.onerror = ({ message }) =>
        reject(new Error(`the worker that reads ${source} failed: ${message}`));
      // Documents are handed over, not copied.
      const send = (message: MessageToWorker) =>
        worker.postMessage(message, "bytes" in message ? [message.bytes.buffer] : []);
      const handle = createHandler(createDocumentSource(io), send, limit, resolve, reject);
      worker.onmessage = ({ data }: MessageEvent<MessageFromWorker>) => void handle(data);
      send({ type: "read", request: { address: source, overlays, maxReadMs } });
    });
  } finally {
    limit.stop();
    // The worker outlives this call by a moment. It must not hold the description.
    worker.onmessage = null;
    worker.terminate();
  }
}

/** Returns the function that handles the messages of the worker. It never rejects. */
function createHandler(
  documents: DocumentSource,
  send: (message: MessageToWorker) => void,
  limit: WorkLimit,
  resolve: (description: ApiDescription) => void,
  reject: (error: Error) => void,
): (message: MessageFromWorker) => Promise<void> {
  const operations: Operation[] = [];
  const unpacker = new OperationUnpacker();
  let description: Omit<ApiDescription, "operations"> | undefined;

  async function answer(
    id: number,
    read: () => Promise<{ bytes: Uint8Array<ArrayBuffer>; location: string }>,
  ) {
    limit.pause();
    try {
      send({ type: "document", id, ...(await read()) });
    } catch (error) {
      send({ type: "failed", id, failure: toSentError(error) });
    }
    limit.resume();
  }

  return async (message) => {
    switch (message.type) {
      case "readRoot":
        return answer(message.id, () => documents.readRoot(message.address));
      case "readReferenced": {
        const { id, location, from, root } = message;
        return answer(id, async () => ({
          bytes: await documents.readReferenced(location, from, root),
          location,
        }));
      }
      case "described":
        description = message.description;
        return send({ type: "next" });
      case "batch":
        if (message.batch === undefined) return description && resolve({ ...description, operations });
        operations.push(...unpacker.unpack(message.batch));
        return send({ type: "next" });
      case "error":
        return reject(fromSentError(message.failure));
    }
  };
}

/**
 * Limits the time that a worker works. It begins with the first document that the worker gets. The time that it waits for
 * documents does not count.
 */
class WorkLimit {
  onExceeded = () => {};
  #remainingMs: number;
  #waiting = 0;
  #startedAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limitMs: number) {
    this.#remainingMs = limitMs;
  }

  /** Stops the clock while the worker waits for a document. */
  pause(): void {
    this.#waiting += 1;
    if (this.#waiting > 1 || this.#startedAt === undefined) return;
    clearTimeout(this.#timer);
    this.#remainingMs -= performance.now() - this.#startedAt;
  }

  resume(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(() => this.onExceeded(), Math.max(0, this.#remainingMs));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
