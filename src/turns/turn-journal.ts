/** Writes what a turn adds to the session. Messages are gathered, and written together with the next change. */
import type { Message, SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Lease, SessionChange } from "../store/types.ts";
import type { MessageCache } from "./message-cache.ts";

/** Milliseconds between attempts while the store cannot be reached, about ten seconds in all. */
const RETRY_DELAYS_MS = [100, 200, 400, 800, 1500, 3000, 4000];

type JournalApp = Pick<App, "store" | "now" | "sleep">;

export interface JournalTarget {
  readonly session: SessionId;
  readonly lease: Lease;
  readonly eventLog: { readonly seq: number };
  readonly messageCache: MessageCache;
  /** The position from which on the first messages replace the stored ones. Default: they are appended. */
  readonly replaceFrom?: number | undefined;
}

type JournalChange = Omit<SessionChange, "at" | "messages" | "replaceFrom" | "seq">;

export class TurnJournal {
  readonly #app: JournalApp;
  readonly #target: JournalTarget;
  #messages: Message[] = [];
  #replaceFrom: number | undefined;

  constructor(app: JournalApp, target: JournalTarget) {
    this.#app = app;
    this.#target = target;
    this.#replaceFrom = target.replaceFrom;
  }

  add(message: Message): void {
    this.#messages.push(message);
  }

  get hasUnwritten(): boolean {
    return this.#messages.length > 0;
  }

  /** Writes the gathered messages, which no event describes. @throws AppError `store_unavailable` or `lease_lost` */
  async flush(): Promise<void> {
    await this.#write({}, this.#target.eventLog.seq);
  }

  /**
   * Writes a change and the gathered messages before the event that describes them is published.
   * @throws AppError as {@link flush} does
   */
  async write(change: JournalChange): Promise<void> {
    await this.#write(change, this.#target.eventLog.seq + 1);
  }

  async #write(change: JournalChange, seq: number): Promise<void> {
    const { session, lease, messageCache } = this.#target;
    const messages = this.#messages;
    const replaceFrom = messages.length > 0 ? this.#replaceFrom : undefined;
    const fullChange: SessionChange = {
      ...change,
      at: this.#app.now().toISOString(),
      seq,
      ...(messages.length > 0 && { messages }),
      ...(replaceFrom !== undefined && { replaceFrom }),
    };
    // A write that failed may have been carried out: the store takes no message twice.
    await this.#withRetries(() => this.#app.store.write(session, fullChange, lease));
    if (replaceFrom === undefined) messageCache.append(messages, seq);
    else messageCache.invalidate();
    this.#messages = [];
    if (messages.length > 0) this.#replaceFrom = undefined;
  }

  async #withRetries(write: () => Promise<void>): Promise<void> {
    for (const delay of RETRY_DELAYS_MS) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "store_unavailable") throw error;
        await this.#app.sleep(delay, NEVER_ABORTED);
      }
    }
    await write();
  }
}

/** A stopped turn is written too. */
const NEVER_ABORTED = new AbortController().signal;
