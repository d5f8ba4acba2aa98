/** Records the responses of requests with an `Idempotency-Key`, and repeats them. */
import { AppError } from "../../errors.ts";

/** How long a response is kept after its end. */
const KEEP_MS = 3_600_000;
/** Bytes of all kept responses together. The oldest complete ones are dropped first. */
const MAX_BYTES = 64_000_000;
/** Bytes that an entry takes without its body. */
const ENTRY_BYTES = 1000;
const MAX_KEY_LENGTH = 255;

/** A response that is recorded while its first client reads it. */
interface RecordedResponse {
  readonly bodyHash: string;
  /** Resolves to the head of the response; rejects as the handler did. */
  readonly head: Promise<{ readonly status: number; readonly headers: Headers } | undefined>;
  readonly chunks: Uint8Array[];
  bytes: number;
  endedAt: number | undefined;
  /** Resolves at the next chunk or at the end. */
  changed: PromiseWithResolvers<void>;
}

interface IdempotentRequest {
  /** Identifies the caller and the URL. */
  readonly scope: string;
  readonly key: string;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Records responses by key. They are kept in memory, in this process alone. */
export class IdempotentResponses {
  readonly #responses = new Map<string, RecordedResponse>();
  readonly #now: () => number;
  #bytes = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Returns the response of `run`, or of the first request with this key. A client that disconnects does not stop `run`.
   * @throws AppError `bad_request` when the key was used for another body, and whatever `run` throws.
   */
  async respond(
    request: IdempotentRequest,
    run: () => Promise<Response | undefined>,
  ): Promise<Response | undefined> {
    if (request.key.length > MAX_KEY_LENGTH)
      throw new AppError("bad_request", `Idempotency-Key: at most ${MAX_KEY_LENGTH} characters.`);
    this.#dropOld();
    const id = hash(JSON.stringify([request.scope, request.key]));
    const bodyHash = hash(request.body);
    const known = this.#responses.get(id);
    if (known && known.bodyHash !== bodyHash)
      throw new AppError("bad_request", "Idempotency-Key: this key was used for another request.", {
        status: 422,
      });
    const response = known ?? this.#record(id, bodyHash, run);
    const head = await response.head;
    return head && new Response(readRecorded(response, request.signal), head);
  }

  #record(id: string, bodyHash: string, run: () => Promise<Response | undefined>): RecordedResponse {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<RecordedResponse["head"]>>();
    promise.catch(() => undefined);
    const recorded: RecordedResponse = {
      bodyHash,
      head: promise,
      chunks: [],
      bytes: ENTRY_BYTES,
      endedAt: undefined,
      changed: Promise.withResolvers(),
    };
    this.#responses.set(id, recorded);
    this.#bytes += ENTRY_BYTES;
    const finish = () => {
      recorded.endedAt = this.#now();
      recorded.changed.resolve();
    };
    const work = async () => {
      const response = await run();
      resolve(response && { status: response.status, headers: response.headers });
      // A failure without effects may be tried again with the same key.
      if (!response || isTemporaryFailure(response.status)) this.#forget(id, recorded);
      for await (const chunk of response?.body ?? []) this.#add(id, recorded, chunk);
    };
    void work()
      .catch((error: unknown) => {
        this.#forget(id, recorded);
        reject(error);
      })
      .finally(finish);
    return recorded;
  }

  #add(id: string, recorded: RecordedResponse, chunk: Uint8Array): void {
    recorded.chunks.push(chunk);
    recorded.bytes += chunk.length;
    if (this.#responses.get(id) === recorded) this.#bytes += chunk.length;
    recorded.changed.resolve();
    recorded.changed = Promise.withResolvers();
  }

  /** Forgets a response, unless that has happened and a later request has the key now. */
  #forget(id: string, recorded: RecordedResponse): void {
    if (this.#responses.get(id) !== recorded) return;
    this.#bytes -= recorded.bytes;
    this.#responses.delete(id);
  }

  #dropOld(): void {
    for (const [id, recorded] of this.#responses) {
      const { endedAt } = recorded;
      if (endedAt === undefined) continue;
      if (endedAt + KEEP_MS > this.#now() && this.#bytes <= MAX_BYTES) return;
      this.#forget(id, recorded);
    }
  }
}

/** Reads a recorded response from its beginning, at the pace of the client. */
function readRecorded(recorded: RecordedResponse, signal: AbortSignal): ReadableStream<Uint8Array> {
  let index = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (index >= recorded.chunks.length && recorded.endedAt === undefined && !signal.aborted)
          await recorded.changed.promise;
        const chunk = recorded.chunks[index];
        if (!chunk || signal.aborted) return controller.close();
        index += 1;
        controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
}

function isTemporaryFailure(status: number): boolean {
  return status >= 500 || status === 429 || status === 408 || status === 409 || status === 499;
}

function hash(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("base64");
}
