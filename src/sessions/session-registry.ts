/** The sessions of a server: those in memory, found by id for those who may see them, and drained when it stops. */
import { randomUUID } from "node:crypto";
import type { Client } from "../access/client.ts";
import { derivedId } from "../access/derived-id.ts";
import { isAccessible } from "../access/ownership.ts";
import { RateLimit } from "../access/rate-limit.ts";
import type { Caller, RateLimiter } from "../access/types.ts";
import type { SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Watcher } from "../events/event-log.ts";
import { StoryRoom } from "../events/memory-budget.ts";
import type { ListedSession, ListOptions, Session } from "../store/types.ts";
import type { Credentials } from "../tools/types.ts";
import { LiveSession } from "./live-session.ts";

/** Keys that {@link LiveSessions.useOnce} remembers. */
const MOST_USED = 100_000;

export class LiveSessions {
  readonly #app: App;
  readonly #live = new Map<SessionId, LiveSession>();
  readonly #room = new StoryRoom();
  /** Those that nothing keeps in memory, and since when; the one that was used last is the last. */
  readonly #idle = new Map<SessionId, number>();
  readonly #graces = new Map<SessionId, ReturnType<typeof setTimeout>>();
  readonly #rateLimit: RateLimiter | undefined;
  /** Turns of no session of ours. */
  readonly #others = new Map<Promise<unknown>, () => void>();
  /** The oldest first. */
  readonly #used = new Set<string>();
  #stopping = false;

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

  get stopping(): boolean {
    return this.#stopping;
  }

  /** A new one, of which nothing is stored before the first message. `id` is not that of any other. */
  open(owner: Caller, credentials: Credentials, id = randomUUID() as SessionId): LiveSession {
    const session = new LiveSession(this.#app, id, owner.id, credentials, this.#room);
    this.#use(session);
    return session;
  }

  /** One that is in memory or stored. @throws AppError `session_not_found`: there is none, or it is somebody else's. */
  async find(id: string, caller: Caller): Promise<LiveSession> {
    const live = this.#live.get(id as SessionId);
    const owner = live?.owner ?? (await this.#app.store.read(id as SessionId, { newest: 0 }))?.session.owner;
    if (owner === undefined || !isAccessible(owner, caller)) throw notFound();
    // Somebody else may have opened it in the meantime.
    const session =
      this.#live.get(id as SessionId) ?? new LiveSession(this.#app, id as SessionId, owner, {}, this.#room);
    this.#use(session);
    return session;
  }

  /**
   * The session that a client calls by a name of its own choosing, made when there is none. A session's own id opens it for those who
   * may see it; any other name belongs to whoever uses it. Callers who are known by nothing are told apart by their place.
   * @param division what the client says to divide its sessions by: the dialect, and a user's name that proves nothing.
   * @throws AppError `session_not_found`: it is the id of somebody else's.
   */
  async named(name: string, client: Client, division: readonly string[]): Promise<LiveSession> {
    const { caller, place, credentials } = client;
    const who = caller.kind === "anonymous" ? `place:${place}` : caller.id;
    const id = (UUID.test(name) ? name.toLowerCase() : derivedId([who, ...division, name])) as SessionId;
    if (this.#live.has(id) || (await this.#app.store.read(id, { newest: 0 }))) {
      const session = await this.find(id, caller);
      session.credentials.forward(credentials);
      return session;
    }
    return this.open(caller, credentials, id);
  }

  /** Watches a session for a client, as long as nobody calls what is returned; then it may leave memory, and its turn stops after the grace. */
  watch(session: LiveSession, watcher: Watcher): () => void {
    this.#live.set(session.id, session);
    this.#idle.delete(session.id);
    clearTimeout(this.#graces.get(session.id));
    this.#graces.delete(session.id);
    const leave = session.watch(watcher);
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      leave();
      if (!session.story.isWatched) this.#leftAlone(session);
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
    this.#drop(session);
  }

  /**
   * May this client ask now? It has then asked once.
   * @throws AppError `stopping` once {@link drain} was called, `rate_limited`.
   */
  async admit(client: string): Promise<void> {
    if (this.#stopping) {
      throw new AppError("stopping", "The server is restarting. Please try again in a moment.", {
        retryable: true,
        retryAfterMs: 5000,
      });
    }
    await this.#rateLimit?.take(client);
  }

  /** False: this came before. What a client brings with the history it keeps, an approval say, is remembered nowhere else. */
  useOnce(key: string): boolean {
    if (this.#used.has(key)) return false;
    this.#used.add(key);
    const [oldest] = this.#used;
    if (this.#used.size > MOST_USED && oldest !== undefined) this.#used.delete(oldest);
    return true;
  }

  /** A turn of no session of ours: {@link drain} waits for it too. `running` does not reject. */
  outlast(running: Promise<unknown>, stop: () => void): void {
    this.#others.set(running, stop);
    void running.finally(() => this.#others.delete(running));
  }

  /** No new turns; running ones get `graceMs`, then they are stopped. Resolves when none runs. */
  async drain(graceMs: number): Promise<void> {
    this.#stopping = true;
    for (const grace of this.#graces.values()) clearTimeout(grace);
    const sessions = [...this.#live.values()];
    const timer = setTimeout(() => {
      for (const session of sessions) void session.settle();
      for (const stop of this.#others.values()) stop();
    }, graceMs);
    await Promise.all([...sessions.map((session) => session.idle()), ...this.#others.keys()]);
    clearTimeout(timer);
    await Promise.all(sessions.map((session) => session.leave()));
  }

  #use(session: LiveSession): void {
    this.#live.set(session.id, session);
    this.#idle.delete(session.id);
    if (session.isIdle) this.#idle.set(session.id, this.#app.now().getTime());
    this.#makeRoom();
  }

  /** The oldest idle ones leave memory at the cap, and each that was idle too long. What is stored of them stays. */
  #makeRoom(): void {
    const { maxSessions, sessionTimeout } = this.#app.config;
    const now = this.#app.now().getTime();
    for (const [id, usedAt] of this.#idle) {
      if (this.#live.size <= maxSessions && now - usedAt <= sessionTimeout * 1000) return;
      const session = this.#live.get(id);
      if (session?.isIdle) this.#drop(session);
      else this.#idle.delete(id);
    }
  }

  #drop(session: LiveSession): void {
    this.#live.delete(session.id);
    this.#idle.delete(session.id);
    void session.leave().then(() => this.#app.results.release(session.id));
  }

  #leftAlone(session: LiveSession): void {
    if (session.isIdle) {
      this.#use(session);
      return;
    }
    const grace = setTimeout(() => {
      this.#graces.delete(session.id);
      if (!session.story.isWatched) void session.settle();
    }, this.#app.config.detachGrace * 1000);
    this.#graces.set(session.id, grace);
    void session.idle().then(() => {
      if (session.story.isWatched || this.#live.get(session.id) !== session) return;
      clearTimeout(grace);
      this.#graces.delete(session.id);
      this.#use(session);
    });
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function notFound(): AppError {
  return new AppError("session_not_found", "There is no such conversation.");
}
