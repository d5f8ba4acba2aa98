/** The sessions of a server: those in memory, found by id for those who may see them, and drained when it stops. */
import { randomUUID } from "node:crypto";
import type { Client } from "../access/client.ts";
import { isAccessible } from "../access/ownership.ts";
import { RateLimit } from "../access/rate-limit.ts";
import type { Caller, CallerId, RateLimiter } from "../access/types.ts";
import type { SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Subscriber } from "../events/event-log.ts";
import { MemoryBudget } from "../events/memory-budget.ts";
import type { ListedSession, ListOptions, Session, StoredSession } from "../store/types.ts";
import type { Credentials } from "../tools/auth/types.ts";
import { LiveSession } from "./live-session.ts";
import { namedSessionId } from "./session-name.ts";

/** Keys that {@link SessionRegistry.claimOnce} remembers. */
const MAX_USED_KEYS = 100_000;

export class SessionRegistry {
  readonly #app: App;
  readonly #live = new Map<SessionId, LiveSession>();
  readonly #memoryBudget = new MemoryBudget();
  /** Those that nothing keeps in memory, and since when; the one that was used last is the last. */
  readonly #idle = new Map<SessionId, number>();
  readonly #graceTimers = new Map<SessionId, ReturnType<typeof setTimeout>>();
  readonly #rateLimit: RateLimiter | undefined;
  /** Turns of no session of ours. */
  readonly #statelessTurns = new Map<Promise<unknown>, () => void>();
  /** The oldest first. */
  readonly #usedKeys = new Set<string>();
  #isStopping = false;

  constructor(app: App) {
    this.#app = app;
    const { rateLimit } = app.config;
    this.#rateLimit =
      app.rateLimit ??
      (rateLimit === undefined ? undefined : new RateLimit(rateLimit, () => app.now().getTime()));
  }

  /** In memory. */
  get count(): number {
    return this.#live.size;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** A new one, of which nothing is stored before the first message. `id` is not that of any other. */
  create(owner: Caller, credentials: Credentials, id = randomUUID() as SessionId): LiveSession {
    const session = new LiveSession(this.#app, id, owner.id, credentials, this.#memoryBudget);
    this.#touch(session);
    return session;
  }

  /** One that is in memory or stored. @throws AppError `session_not_found`: there is none, or it is somebody else's. */
  async find(id: string, caller: Caller): Promise<LiveSession> {
    const live = this.#live.get(id as SessionId);
    const owner = live?.owner ?? (await this.#app.store.read(id as SessionId, { newest: 0 }))?.session.owner;
    if (owner === undefined) throw sessionNotFound();
    return this.#open(id as SessionId, owner, caller);
  }

  /**
   * The session that a client calls by a name of its own choosing, made when there is none. A session's own id opens it for those who
   * may see it; any other name belongs to whoever uses it. Callers who are known by nothing are told apart by their place.
   * @param namespace what the client says to divide its sessions by: the dialect, and a user's name that proves nothing.
   * @throws AppError `session_not_found`: it is the id of somebody else's.
   */
  async openNamed(name: string, client: Client, namespace: readonly string[]): Promise<LiveSession> {
    const id = namedSessionId(name, client, namespace);
    const live = this.#live.get(id);
    const owner = live?.owner ?? (await this.#app.store.read(id, { newest: 0 }))?.session.owner;
    return this.#openOrCreate(id, owner, client);
  }

  /**
   * Opens a session as {@link openNamed} does and returns what is stored of it, after a single read of the store. `stored` is
   * undefined when the session is new.
   * @throws AppError `session_not_found` when the name is the id of another caller's session.
   */
  async readNamed(
    name: string,
    client: Client,
    namespace: readonly string[],
    options?: { readonly newest?: number },
  ): Promise<{ readonly session: LiveSession; readonly stored: StoredSession | undefined }> {
    const id = namedSessionId(name, client, namespace);
    const live = this.#live.get(id);
    if (live) {
      const session = this.#openOrCreate(id, live.owner, client);
      return { session, stored: await session.read(options) };
    }
    const found = await this.#app.store.read(id, options);
    const session = this.#openOrCreate(id, found?.session.owner, client);
    return { session, stored: found && (await session.read(options, found)) };
  }

  #openOrCreate(id: SessionId, owner: CallerId | undefined, client: Client): LiveSession {
    const { caller, credentials } = client;
    // Another request may have created it during the read.
    const knownOwner = owner ?? this.#live.get(id)?.owner;
    if (knownOwner === undefined) return this.create(caller, credentials, id);
    const session = this.#open(id, knownOwner, caller);
    session.credentials.updateForwarded(credentials);
    return session;
  }

  /** @throws AppError `session_not_found` when the caller may not see it. */
  #open(id: SessionId, owner: CallerId, caller: Caller): LiveSession {
    if (!isAccessible(owner, caller)) throw sessionNotFound();
    // Another request may have opened it during the read.
    const session = this.#live.get(id) ?? new LiveSession(this.#app, id, owner, {}, this.#memoryBudget);
    this.#touch(session);
    return session;
  }

  /** Watches a session for a client, as long as nobody calls what is returned; then it may leave memory, and its turn stops after the grace. */
  subscribe(session: LiveSession, subscriber: Subscriber): () => void {
    this.#live.set(session.id, session);
    this.#idle.delete(session.id);
    clearTimeout(this.#graceTimers.get(session.id));
    this.#graceTimers.delete(session.id);
    const unsubscribe = session.subscribe(subscriber);
    let hasUnsubscribed = false;
    return () => {
      if (hasUnsubscribed) return;
      hasUnsubscribed = true;
      unsubscribe();
      if (!session.eventLog.hasSubscribers) this.#startGrace(session);
    };
  }

  /** Whoever brought nothing owns no list. */
  async list(caller: Caller, options: ListOptions): Promise<readonly ListedSession[]> {
    return caller.kind === "anonymous" ? [] : await this.#app.store.list(caller.id, options);
  }

  /** What goes on in a session that was listed. */
  stateOf({ id, turn }: Pick<Session, "id" | "turn">): "idle" | "running" | "waiting" {
    if (turn?.status === "waiting") return "waiting";
    const isHere = this.#live.get(id)?.isRunning ?? false;
    return isHere || (turn !== undefined && this.#app.bus !== undefined) ? "running" : "idle";
  }

  async delete(session: LiveSession): Promise<void> {
    await session.clear();
    await this.#app.store.delete(session.id);
    this.#evict(session);
  }

  /**
   * May this client ask now? It has then asked once.
   * @throws AppError `stopping` once {@link drain} was called, `rate_limited`.
   */
  async admit(client: string): Promise<void> {
    if (this.#isStopping) {
      throw new AppError("stopping", "The server is restarting. Please try again in a moment.", {
        retryable: true,
        retryAfterMs: 5000,
      });
    }
    await this.#rateLimit?.take(client);
  }

  /** False: this came before. What a client brings with the history it keeps, an approval say, is remembered nowhere else. */
  claimOnce(key: string): boolean {
    if (this.#usedKeys.has(key)) return false;
    this.#usedKeys.add(key);
    const [oldest] = this.#usedKeys;
    if (this.#usedKeys.size > MAX_USED_KEYS && oldest !== undefined) this.#usedKeys.delete(oldest);
    return true;
  }

  /** A turn of no session of ours: {@link drain} waits for it too. `running` does not reject. */
  trackTurn(running: Promise<unknown>, stop: () => void): void {
    this.#statelessTurns.set(running, stop);
    void running.finally(() => this.#statelessTurns.delete(running));
  }

  /** No new turns; running ones get `graceMs`, then they are stopped. Resolves when none runs. */
  async drain(graceMs: number): Promise<void> {
    this.#isStopping = true;
    for (const grace of this.#graceTimers.values()) clearTimeout(grace);
    const sessions = [...this.#live.values()];
    const timer = setTimeout(() => {
      for (const session of sessions) void session.cancelAll();
      for (const stop of this.#statelessTurns.values()) stop();
    }, graceMs);
    await Promise.all([...sessions.map((session) => session.whenIdle()), ...this.#statelessTurns.keys()]);
    clearTimeout(timer);
    await Promise.all(sessions.map((session) => session.unload()));
  }

  #touch(session: LiveSession): void {
    this.#live.set(session.id, session);
    this.#idle.delete(session.id);
    if (session.isIdle) this.#idle.set(session.id, this.#app.now().getTime());
    this.#evictIdle();
  }

  /** The oldest idle ones leave memory at the cap, and each that was idle too long. What is stored of them stays. */
  #evictIdle(): void {
    const { maxSessions, sessionTimeout } = this.#app.config;
    const now = this.#app.now().getTime();
    for (const [id, usedAt] of this.#idle) {
      if (this.#live.size <= maxSessions && now - usedAt <= sessionTimeout * 1000) return;
      const session = this.#live.get(id);
      if (session?.isIdle) this.#evict(session);
      else this.#idle.delete(id);
    }
  }

  #evict(session: LiveSession): void {
    this.#live.delete(session.id);
    this.#idle.delete(session.id);
    void session.unload().then(() => this.#app.results.release(session.id));
  }

  #startGrace(session: LiveSession): void {
    if (session.isIdle) {
      this.#touch(session);
      return;
    }
    const grace = setTimeout(() => {
      this.#graceTimers.delete(session.id);
      if (!session.eventLog.hasSubscribers) void session.cancelAll();
    }, this.#app.config.detachGrace * 1000);
    this.#graceTimers.set(session.id, grace);
    void session.whenIdle().then(() => {
      if (session.eventLog.hasSubscribers || this.#live.get(session.id) !== session) return;
      clearTimeout(grace);
      this.#graceTimers.delete(session.id);
      this.#touch(session);
    });
  }
}

function sessionNotFound(): AppError {
  return new AppError("session_not_found", "There is no such conversation.");
}
