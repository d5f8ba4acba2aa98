/**
 * Stores the responses of requests with an `Idempotency-Key`, so that every process with the same store, and a restarted one, repeats
 * them. Each response is a session that its label describes, with one message. It has an owner of its own, so no list of
 * conversations has it. The lease of that session marks a request that runs.
 */
import { randomUUID } from "node:crypto";
import { deriveId } from "../../access/derived-id.ts";
import type { CallerId } from "../../access/types.ts";
import type { MessageId, SessionId } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError, detailOf } from "../../errors.ts";
import { LEASE_MS, renewLease } from "../../sessions/session-lease.ts";
import { newSession } from "../../turns/new-session.ts";

/** How long a response is kept after its request began. */
export const KEEP_MS = 3_600_000;
/** Characters of a response that is stored. */
const MAX_LENGTH = 1_000_000;

export interface StoredResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** The right to run a request. It ends with one of the methods, none of which rejects. */
export interface ResponseClaim {
  /** Stores the response. */
  save(response: StoredResponse): Promise<void>;
  /** Frees the key: the request had no effect. */
  free(): Promise<void>;
  /** Keeps the key without a response: whether the request had an effect is not known. */
  abandon(): Promise<void>;
}

type RecordsApp = Pick<App, "log" | "now" | "store">;

export class ResponseRecords {
  readonly #app: RecordsApp;

  constructor(app: RecordsApp) {
    this.#app = app;
  }

  /**
   * Claims a request, or returns the response of the one with this id.
   * @throws AppError with status 409 while another process runs it, with 422 when its body was another, with 400 when its outcome
   * is not known; or `store_unavailable`
   */
  async claim(id: string, bodyHash: string): Promise<StoredResponse | ResponseClaim> {
    const { store, now } = this.#app;
    const record = deriveId(["idempotency", id]) as SessionId;
    const lease = await store.acquire(record, randomUUID(), LEASE_MS);
    if (!lease) throw stillRunning();
    const release = renewLease(this.#app, lease, () => undefined);
    try {
      const known = await this.#read(record);
      if (known) {
        if (known.bodyHash !== bodyHash) throw usedForAnotherBody();
        if (!known.response) throw outcomeUnknown();
        await release();
        return known.response;
      }
      await store.create({
        ...newSession(record, { id: `idempotency:${record}` as CallerId }, now()),
        label: JSON.stringify({ idempotent: { bodyHash, at: now().getTime() } }),
      });
    } catch (error) {
      await release();
      throw error;
    }
    const end = async (work: () => Promise<void>) => {
      await work().catch((error) =>
        this.#app.log.warning("response not recorded", { detail: detailOf(error) }),
      );
      await release();
    };
    return {
      save: (response) => end(() => this.#save(record, response)),
      free: () => end(() => store.delete(record)),
      abandon: () => end(async () => undefined),
    };
  }

  /** Forgets a response. Never rejects. */
  async delete(id: string): Promise<void> {
    await this.#app.store.delete(deriveId(["idempotency", id]) as SessionId).catch(() => undefined);
  }

  async #save(record: SessionId, response: StoredResponse): Promise<void> {
    const at = this.#app.now().toISOString();
    const content = JSON.stringify(response.body.length > MAX_LENGTH ? TOO_LONG : response);
    const result = { callId: "", name: "", status: "ok", content, durationMs: 0 } as const;
    const message = { role: "results", id: randomUUID() as MessageId, at, results: [result] } as const;
    await this.#app.store.write(record, { at, messages: [message] });
  }

  async #read(
    record: SessionId,
  ): Promise<{ readonly bodyHash: string; readonly response?: StoredResponse } | undefined> {
    const { store, now } = this.#app;
    const stored = await store.read(record);
    if (!stored?.session.label) return undefined;
    const { bodyHash, at } = JSON.parse(stored.session.label).idempotent;
    if (at + KEEP_MS <= now().getTime()) {
      await store.delete(record);
      return undefined;
    }
    const [message] = stored.messages;
    if (message?.role !== "results") return { bodyHash };
    return { bodyHash, response: JSON.parse(message.results[0]?.content ?? "") };
  }
}

const TOO_LONG: StoredResponse = {
  status: 400,
  headers: [
    ["Content-Type", "application/json"],
    ["x-should-retry", "false"],
  ],
  body: JSON.stringify({
    detail: "Idempotency-Key: the request was carried out. Its response is too long to be repeated.",
  }),
};

function stillRunning(): AppError {
  return new AppError(
    "bad_request",
    "Idempotency-Key: the request with this key is still running in another process. Repeat it in a moment.",
    { status: 409, retryable: true, retryAfterMs: 2000 },
  );
}

export function usedForAnotherBody(): AppError {
  return new AppError("bad_request", "Idempotency-Key: this key was used for another request.", {
    status: 422,
  });
}

function outcomeUnknown(): AppError {
  return new AppError(
    "bad_request",
    "Idempotency-Key: the request with this key was interrupted, and may have changed data. Check the result before you send it with a new key.",
  );
}
