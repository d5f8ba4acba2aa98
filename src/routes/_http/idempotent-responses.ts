/** Records the responses of requests with an `Idempotency-Key`, and repeats them. */
import { AppError } from "../../errors.ts";
import type { ClientText } from "../../protocols/shared/long-json.ts";
import {
  KEEP_MS,
  type ResponseClaim,
  type ResponseRecords,
  type StoredResponse,
  usedForAnotherBody,
} from "./response-records.ts";

/** Bytes of all responses in memory together. The oldest complete ones are dropped first. */
const MAX_BYTES = 64_000_000;
/** Bytes that an entry takes without its body. */
const ENTRY_BYTES = 1000;
const MAX_KEY_LENGTH = 255;

interface ResponseHead {
  readonly status: number;
  readonly headers: Headers;
}

/** A response that is recorded while its first client reads it. */
interface RecordedResponse {
  readonly bodyHash: string;
  /** Resolves to the head of the response; rejects as the handler did. */
  readonly head: PromiseWithResolvers<ResponseHead | undefined>;
  readonly chunks: Uint8Array[];
  bytes: number;
  endedAt: number | undefined;
  /** Why the body broke off. */
  failure: unknown;
  /** Resolves at the next chunk or at the end. */
  changed: PromiseWithResolvers<void>;
}

interface IdempotentRequest {
  /** Identifies the caller and the URL. */
  readonly scope: string;
  readonly key: string;
  readonly body: ClientText;
  readonly signal: AbortSignal;
}

/** Handles a request. `onFailure` receives the error of a turn that fails in a streamed response. */
type Run = (onFailure: (error: AppError) => void) => Promise<Response | undefined>;

/** Records responses by key: in memory while they are streamed, and in the store for other processes. */
export class IdempotentResponses {
  readonly #responses = new Map<string, RecordedResponse>();
  readonly #now: () => number;
  readonly #records: ResponseRecords | undefined;
  readonly #running = new Set<Promise<unknown>>();
  #bytes = 0;

  /** @param records unset: responses are kept in this process alone. */
  constructor(now: () => number, records?: ResponseRecords) {
    this.#now = now;
    this.#records = records;
  }

  /**
   * Returns the response of `run`, or of the first request with this key. A client that disconnects does not stop `run`.
   * @throws AppError `bad_request` when the key was used for another body, what {@link ResponseRecords.claim} throws, and whatever
   * `run` throws.
   */
  async respond(request: IdempotentRequest, run: Run): Promise<Response | undefined> {
    if (request.key.length > MAX_KEY_LENGTH)
      throw new AppError("bad_request", `Idempotency-Key: at most ${MAX_KEY_LENGTH} characters.`);
    this.#dropOld();
    const id = hash(JSON.stringify([request.scope, request.key]));
    const bodyHash = typeof request.body === "string" ? hash(request.body) : request.body.hash;
    const known = this.#responses.get(id);
    if (known && known.bodyHash !== bodyHash) throw usedForAnotherBody();
    const response = known ?? this.#record(id, bodyHash, run);
    const head = await response.head.promise;
    return head && new Response(readRecorded(response, request.signal), head);
  }

  #record(id: string, bodyHash: string, run: Run): RecordedResponse {
    const recorded: RecordedResponse = {
      bodyHash,
      head: Promise.withResolvers(),
      chunks: [],
      bytes: ENTRY_BYTES,
      endedAt: undefined,
      failure: undefined,
      changed: Promise.withResolvers(),
    };
    recorded.head.promise.catch(() => undefined);
    this.#responses.set(id, recorded);
    this.#bytes += ENTRY_BYTES;
    const work = this.#records
      ? this.#runClaimed(this.#records, id, recorded, run)
      : this.#run(id, recorded, run, NO_CLAIM);
    const done = work
      .catch((error: unknown) => {
        this.#forget(id, recorded);
        recorded.head.reject(error);
      })
      .finally(() => {
        recorded.endedAt = this.#now();
        recorded.changed.resolve();
        this.#running.delete(done);
      });
    this.#running.add(done);
    return recorded;
  }

  /** Resolves when the responses that are recorded now are stored, after `limitMs` at the latest. */
  async settle(limitMs: number): Promise<void> {
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(limit.resolve, limitMs);
    await Promise.race([Promise.all(this.#running), limit.promise]);
    clearTimeout(timer);
  }

  async #runClaimed(
    records: ResponseRecords,
    id: string,
    recorded: RecordedResponse,
    run: Run,
  ): Promise<void> {
    const claim = await records.claim(id, recorded.bodyHash);
    if ("save" in claim) return await this.#run(id, recorded, run, claim);
    const { status, headers, body } = claim;
    recorded.head.resolve({ status, headers: new Headers(headers.map(([name, value]) => [name, value])) });
    this.#add(id, recorded, new TextEncoder().encode(body));
  }

  async #run(id: string, recorded: RecordedResponse, run: Run, claim: ResponseClaim): Promise<void> {
    let hasNoEffect = false;
    let response: Response | undefined;
    try {
      response = await run((error) => {
        hasNoEffect = error.retryable;
      });
    } catch (error) {
      await claim.free();
      throw error;
    }
    // A failure without effects may be tried again with the same key.
    if (!response || isTemporaryFailure(response.status)) this.#forget(id, recorded);
    recorded.head.resolve(response && { status: response.status, headers: response.headers });
    try {
      for await (const chunk of response?.body ?? []) this.#add(id, recorded, chunk);
    } catch (error) {
      recorded.failure = error;
      return await claim.abandon();
    }
    if (hasNoEffect) this.#forget(id, recorded);
    if (!response || hasNoEffect || isTemporaryFailure(response.status)) return await claim.free();
    await claim.save(toStoredResponse(response, recorded.chunks));
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
      const isOld = endedAt + KEEP_MS <= this.#now();
      if (!isOld && this.#bytes <= MAX_BYTES) return;
      this.#forget(id, recorded);
      if (isOld) void this.#records?.delete(id);
    }
  }
}

const NO_CLAIM: ResponseClaim = {
  save: async () => undefined,
  free: async () => undefined,
  abandon: async () => undefined,
};

/** Reads a recorded response from its beginning, at the pace of the client. A body that broke off breaks off here too. */
function readRecorded(recorded: RecordedResponse, signal: AbortSignal): ReadableStream<Uint8Array> {
  let index = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (index >= recorded.chunks.length && recorded.endedAt === undefined && !signal.aborted)
          await recorded.changed.promise;
        const chunk = recorded.chunks[index];
        if (signal.aborted) return controller.close();
        if (!chunk) return recorded.failure ? controller.error(recorded.failure) : controller.close();
        index += 1;
        controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
}

/** A cookie identifies its browser, so it is not stored. */
function toStoredResponse({ status, headers }: Response, chunks: readonly Uint8Array[]): StoredResponse {
  return {
    status,
    headers: [...headers].filter(([name]) => name !== "set-cookie"),
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

function isTemporaryFailure(status: number): boolean {
  return status >= 500 || status === 429 || status === 408 || status === 409 || status === 499;
}

function hash(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("base64");
}
