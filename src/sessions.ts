/** The sessions of a server that somebody is using: opened one by one, drained together when it stops. */
import type { Caller } from "./access/types.ts";
import type { App } from "./app.ts";
import { AppError } from "./errors.ts";
import { LiveSession, type SessionListener } from "./session.ts";
import type { Credentials } from "./session-credentials.ts";

export class LiveSessions {
  readonly #app: App;
  readonly #open = new Set<LiveSession>();
  #stopping = false;

  constructor(app: App) {
    this.#app = app;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  open(caller: Caller, credentials: Credentials, listener: SessionListener): LiveSession {
    const session = new LiveSession(this.#app, caller, credentials, listener);
    this.#open.add(session);
    return session;
  }

  /** The one who opened it is gone: nobody would see the rest of its turn. Resolves when what was said is stored. */
  async close(session: LiveSession): Promise<void> {
    await session.settle();
    this.#open.delete(session);
    await this.#app.results.forget(session.id);
  }

  /** @throws AppError `stopping` once {@link drain} was called. */
  admit(): void {
    if (!this.#stopping) return;
    throw new AppError("stopping", "The server is restarting. Please try again in a moment.", {
      retryable: true,
      retryAfterMs: 5000,
    });
  }

  /** No new turns; running ones get `graceMs`, then they are stopped. Resolves when none runs. */
  async drain(graceMs: number): Promise<void> {
    this.#stopping = true;
    const timer = setTimeout(() => {
      for (const session of this.#open) void session.settle();
    }, graceMs);
    await Promise.all([...this.#open].map((session) => session.idle()));
    clearTimeout(timer);
    await Promise.all([...this.#open].map((session) => session.settle()));
  }
}
