/** The sessions of a server that somebody is using: opened one by one, drained together when it stops. */
import { RateLimit } from "./access/rate-limit.ts";
import type { Caller } from "./access/types.ts";
import type { App } from "./app.ts";
import { AppError } from "./errors.ts";
import { LiveSession, type SessionListener } from "./session.ts";
import type { Credentials } from "./session-credentials.ts";

export class LiveSessions {
  readonly #app: App;
  readonly #open = new Set<LiveSession>();
  readonly #rateLimit: RateLimit | undefined;
  #stopping = false;

  constructor(app: App) {
    this.#app = app;
    const { rateLimit } = app.config;
    this.#rateLimit =
      rateLimit === undefined ? undefined : new RateLimit(rateLimit, () => app.now().getTime());
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

  /**
   * May this client ask now? It has then asked once.
   * @throws AppError `stopping` once {@link drain} was called, `rate_limited`.
   */
  admit(client: string): void {
    if (this.#stopping) {
      throw new AppError("stopping", "The server is restarting. Please try again in a moment.", {
        retryable: true,
        retryAfterMs: 5000,
      });
    }
    this.#rateLimit?.take(client);
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
