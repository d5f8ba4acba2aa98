/** Caches the newest messages of a session. They are read once, and again only when another process has written. */
import type { Message, SessionId } from "../chat/types.ts";
import type { SessionStore, StoredSession } from "../store/types.ts";

export class MessageCache {
  readonly #store: Pick<SessionStore, "read">;
  readonly #id: SessionId;
  readonly #limit: number;
  #cached: StoredSession | undefined;

  /** @param limit the number of messages to keep */
  constructor(store: Pick<SessionStore, "read">, id: SessionId, limit: number) {
    this.#store = store;
    this.#id = id;
    this.#limit = limit;
  }

  /** Returns the session with its newest messages. @throws AppError as {@link SessionStore.read} does */
  async read(): Promise<StoredSession | undefined> {
    const cached = this.#cached;
    const stored = await this.#store.read(this.#id, { newest: cached ? 0 : this.#limit });
    const isUnchanged =
      cached !== undefined &&
      stored?.session.seq === cached.session.seq &&
      stored.skipped === cached.skipped + cached.messages.length;
    if (stored === undefined || cached === undefined) return this.#replace(stored);
    if (!isUnchanged) return this.#replace(await this.#store.read(this.#id, { newest: this.#limit }));
    return this.#replace({ ...stored, messages: cached.messages, skipped: cached.skipped });
  }

  /** The session as it was last read or written here. No other process writes while a turn of this one holds the lease. */
  get current(): StoredSession | undefined {
    return this.#cached;
  }

  /** Adds messages that were just written. */
  append(messages: readonly Message[], seq: number): void {
    if (!this.#cached) return;
    const { session, messages: before, skipped } = this.#cached;
    const all = [...before, ...messages];
    const excess = Math.max(0, all.length - this.#limit);
    this.#cached = {
      ...this.#cached,
      session: { ...session, seq },
      messages: all.slice(excess),
      skipped: skipped + excess,
    };
  }

  invalidate(): void {
    this.#cached = undefined;
  }

  #replace(stored: StoredSession | undefined): StoredSession | undefined {
    this.#cached = stored;
    return stored;
  }
}
