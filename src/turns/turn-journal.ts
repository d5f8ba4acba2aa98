/** Writes what a turn adds: messages are gathered until something is told that rests on them, then written in one piece. */

import type { Message } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { EventLog } from "../events/event-log.ts";
import type { Lease, Session, SessionChange } from "../store/types.ts";
import type { MessageCache } from "./message-cache.ts";

/** Milliseconds between two tries while the store cannot be reached: about ten seconds in all. */
const RETRY_DELAYS_MS = [100, 200, 400, 800, 1500, 3000, 4000];

export class TurnJournal {
  readonly #app: Pick<App, "store" | "now" | "sleep">;
  readonly #session: Pick<Session, "id">;
  readonly #lease: Lease;
  readonly #eventLog: Pick<EventLog, "seq">;
  readonly #messageCache: MessageCache;
  #messages: Message[] = [];

  constructor(
    app: Pick<App, "store" | "now" | "sleep">,
    session: Pick<Session, "id">,
    lease: Lease,
    story: Pick<EventLog, "seq">,
    recent: MessageCache,
  ) {
    this.#app = app;
    this.#session = session;
    this.#lease = lease;
    this.#eventLog = story;
    this.#messageCache = recent;
  }

  add(message: Message): void {
    this.#messages.push(message);
  }

  /** There are messages that are not written yet. */
  get hasUnwritten(): boolean {
    return this.#messages.length > 0;
  }

  /** The messages that were added, which no event tells of. @throws AppError `store_unavailable`, `lease_lost` */
  async flush(): Promise<void> {
    await this.#write({}, this.#eventLog.seq);
  }

  /** The change and the messages that were added, before the next event tells of them. @throws AppError as {@link flush} */
  async write(change: Omit<SessionChange, "at" | "messages" | "seq">): Promise<void> {
    await this.#write(change, this.#eventLog.seq + 1);
  }

  async #write(change: Omit<SessionChange, "at" | "messages" | "seq">, seq: number): Promise<void> {
    const { store, now } = this.#app;
    const messages = this.#messages;
    const fullChange: SessionChange = {
      ...change,
      at: now().toISOString(),
      seq,
      ...(messages.length > 0 && { messages }),
    };
    // One that failed may have been carried out all the same: the store takes no message twice.
    await this.#withRetries(() => store.write(this.#session.id, fullChange, this.#lease));
    this.#messageCache.append(messages, seq);
    this.#messages = [];
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

/** A turn that is stopped is written all the same. */
const NEVER_ABORTED = new AbortController().signal;
