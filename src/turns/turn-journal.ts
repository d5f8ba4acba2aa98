/** Writes what a turn adds: messages are gathered until something is told that rests on them, then written in one piece. */

import type { Message } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Story } from "../events/event-log.ts";
import type { Change, Lease, Session } from "../store/types.ts";
import type { RecentMessages } from "./message-cache.ts";

/** Milliseconds between two tries while the store cannot be reached: about ten seconds in all. */
const WAITS = [100, 200, 400, 800, 1500, 3000, 4000];

export class SessionWriter {
  readonly #app: Pick<App, "store" | "now" | "sleep">;
  readonly #session: Pick<Session, "id">;
  readonly #lease: Lease;
  readonly #story: Pick<Story, "seq">;
  readonly #recent: RecentMessages;
  #messages: Message[] = [];

  constructor(
    app: Pick<App, "store" | "now" | "sleep">,
    session: Pick<Session, "id">,
    lease: Lease,
    story: Pick<Story, "seq">,
    recent: RecentMessages,
  ) {
    this.#app = app;
    this.#session = session;
    this.#lease = lease;
    this.#story = story;
    this.#recent = recent;
  }

  add(message: Message): void {
    this.#messages.push(message);
  }

  /** There are messages that are not written yet. */
  get isBehind(): boolean {
    return this.#messages.length > 0;
  }

  /** The messages that were added, which no event tells of. @throws AppError `store_unavailable`, `lease_lost` */
  async flush(): Promise<void> {
    await this.#write({}, this.#story.seq);
  }

  /** The change and the messages that were added, before the next event tells of them. @throws AppError as {@link flush} */
  async write(change: Omit<Change, "at" | "messages" | "seq">): Promise<void> {
    await this.#write(change, this.#story.seq + 1);
  }

  async #write(change: Omit<Change, "at" | "messages" | "seq">, seq: number): Promise<void> {
    const { store, now } = this.#app;
    const messages = this.#messages;
    const whole: Change = {
      ...change,
      at: now().toISOString(),
      seq,
      ...(messages.length > 0 && { messages }),
    };
    // One that failed may have been carried out all the same: the store takes no message twice.
    await this.#patiently(() => store.write(this.#session.id, whole, this.#lease));
    this.#recent.written(messages, seq);
    this.#messages = [];
  }

  async #patiently(write: () => Promise<void>): Promise<void> {
    for (const wait of WAITS) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "store_unavailable") throw error;
        await this.#app.sleep(wait, NEVER);
      }
    }
    await write();
  }
}

/** A turn that is stopped is written all the same. */
const NEVER = new AbortController().signal;
