/** The newest messages of a session that is in memory: read once, and again only when somebody else has written. */
import type { Message, SessionId } from "../chat/types.ts";
import type { SessionStore, StoredSession } from "../store/types.ts";

export class RecentMessages {
  readonly #store: Pick<SessionStore, "read">;
  readonly #id: SessionId;
  readonly #newest: number;
  #known: StoredSession | undefined;

  /** @param newest how many there are to be. */
  constructor(store: Pick<SessionStore, "read">, id: SessionId, newest: number) {
    this.#store = store;
    this.#id = id;
    this.#newest = newest;
  }

  /** As {@link SessionStore.read} with the newest messages. */
  async read(): Promise<StoredSession | undefined> {
    const known = this.#known;
    const now = await this.#store.read(this.#id, { newest: known ? 0 : this.#newest });
    const isSame =
      known !== undefined &&
      now?.session.seq === known.session.seq &&
      now.skipped === known.skipped + known.messages.length;
    if (now === undefined || known === undefined) return this.#remember(now);
    if (!isSame) return this.#remember(await this.#store.read(this.#id, { newest: this.#newest }));
    return this.#remember({ ...now, messages: known.messages, skipped: known.skipped });
  }

  /** What was written to the session just now. */
  written(messages: readonly Message[], seq: number): void {
    if (!this.#known) return;
    const { session, messages: before, skipped } = this.#known;
    const all = [...before, ...messages];
    const over = Math.max(0, all.length - this.#newest);
    this.#known = {
      ...this.#known,
      session: { ...session, seq },
      messages: all.slice(over),
      skipped: skipped + over,
    };
  }

  forget(): void {
    this.#known = undefined;
  }

  #remember(found: StoredSession | undefined): StoredSession | undefined {
    this.#known = found;
    return found;
  }
}
