/** The sessions of a server: finds those in memory and in the store, evicts idle ones, and drains all when the server stops. */
import { randomUUID } from "node:crypto";
import { type Client, turnKeyOf } from "../access/client.ts";
import { checkOwner, checkReader } from "../access/ownership.ts";
import type { Caller, CallerId } from "../access/types.ts";
import type { SessionId } from "../chat/types.ts";
import { AppError, stopping } from "../errors.ts";
import type { Subscriber } from "../events/event-log.ts";
import { MemoryBudget } from "../events/memory-budget.ts";
import type { ListedSession, ListOptions, MessageRange, Session, StoredSession } from "../store/types.ts";
import type { Credentials } from "../tools/auth/types.ts";
import type { TurnTracker } from "../turns/stateless-turn.ts";
import { beginWork } from "../turns/work-slices.ts";
import type { SessionsInMemory } from "./count-turns.ts";
import { LiveSession } from "./live-session.ts";
import { namedSessionId } from "./session-name.ts";
import type { SessionApp } from "./types.ts";

export class SessionRegistry implements TurnTracker {
  readonly #app: SessionApp;
  readonly #live = new Map<SessionId, LiveSession>();
  readonly #memoryBudget = new MemoryBudget();
  /** Sessions that can leave memory → the time of their last use, oldest first. */
  readonly #idle = new Map<SessionId, number>();
  readonly #graceTimers = new Map<SessionId, ReturnType<typeof setTimeout>>();
  /** Turns that belong to no session → what stops them. */
  readonly #statelessTurns = new Map<Promise<unknown>, () => void>();
  #isStopping = false;

  constructor(app: SessionApp) {
    this.#app = app;
  }

  get inMemory(): SessionsInMemory {
    return { sessions: this.#live, statelessTurns: this.#statelessTurns.size };
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Creates a session. Nothing is stored before its first message. @param id must be new */
  create(owner: Caller, credentials: Credentials, id = randomUUID() as SessionId): LiveSession {
    const session = new LiveSession(this.#app, id, owner.id, credentials, this.#memoryBudget);
    this.#touch(session);
    return session;
  }

  /**
   * Returns a session in memory or in the store.
   * @param purpose `read`: an administrator of texts gets the session of another caller too.
   * @throws AppError `session_not_found`, also when it belongs to another caller.
   */
  async find(id: string, caller: Caller, purpose?: "read"): Promise<LiveSession> {
    const live = this.#live.get(id as SessionId);
    const owner = live?.owner ?? (await this.#app.store.read(id as SessionId, { newest: 0 }))?.session.owner;
    if (owner === undefined) throw sessionNotFound();
    return this.#open(id as SessionId, owner, caller, purpose);
  }

  /**
   * Returns the session that a client names itself; creates it when there is none. The id of a session opens that session; any other
   * name is private to the caller. Anonymous callers are distinguished by the fingerprint of their address.
   * @param namespace divides the names of one caller: the protocol, and a user name that proves nothing.
   * @throws AppError `session_not_found` when the name is the id of another caller's session.
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
    range?: MessageRange,
  ): Promise<{ readonly session: LiveSession; readonly stored: StoredSession | undefined }> {
    const id = namedSessionId(name, client, namespace);
    const live = this.#live.get(id);
    if (live) {
      const session = this.#openOrCreate(id, live.owner, client);
      return { session, stored: await session.read(range) };
    }
    const found = await this.#app.store.read(id, range);
    const session = this.#openOrCreate(id, found?.session.owner, client);
    return { session, stored: found && (await session.read(range, found)) };
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
  #open(id: SessionId, owner: CallerId, caller: Caller, purpose?: "read"): LiveSession {
    const check = purpose === "read" ? checkReader : checkOwner;
    if (!check(this.#app, { owner, name: `session ${id}` }, caller)) throw sessionNotFound();
    // Another request may have opened it during the read.
    const session = this.#live.get(id) ?? new LiveSession(this.#app, id, owner, {}, this.#memoryBudget);
    this.#touch(session);
    return session;
  }

  /**
   * Subscribes a client to a session and returns the function that unsubscribes. A session without subscribers may leave memory; a
   * running turn then stops after `--detach-grace`.
   */
  subscribe(session: LiveSession, subscriber: Subscriber): () => void {
    this.#live.set(session.id, session);
    this.#idle.delete(session.id);
    clearTimeout(this.#graceTimers.get(session.id));
    this.#graceTimers.delete(session.id);
    const release = this.retain(session);
    const unsubscribe = session.subscribe(subscriber);
    let hasUnsubscribed = false;
    return () => {
      if (hasUnsubscribed) return;
      hasUnsubscribed = true;
      unsubscribe();
      release();
      if (!session.eventLog.hasSubscribers) this.#startGrace(session);
    };
  }

  /** Keeps a session in the store while a connection uses it. Returns the function that ends this. */
  retain({ id }: LiveSession): () => void {
    return this.#app.store.retain?.(id) ?? (() => {});
  }

  /** Records that a caller has answered an approval request of another caller, if a session in memory has it. */
  auditUnknownApproval(approvalId: string, caller: Caller): void {
    for (const { owner, state } of this.#live.values())
      if (state.name === "awaiting-approval" && state.turn.approval.id === approvalId)
        checkOwner(this.#app, { owner, name: `approval ${approvalId}` }, caller);
  }

  /** Returns the sessions of a caller. An anonymous caller has no list. */
  async list(caller: Caller, options: ListOptions): Promise<readonly ListedSession[]> {
    return caller.kind === "anonymous" ? [] : await this.#app.store.list(caller.id, options);
  }

  /** Returns the state of a listed session. */
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
   * Counts a request of a client against its limits.
   * @param usesModel false for a request that starts no turn: budgets of model usage do not refuse it.
   * @throws AppError `rate_limited`, `budget_exceeded`, or `stopping` once {@link drain} was called.
   */
  async admit({ spender, onLimits }: Pick<Client, "spender" | "onLimits">, usesModel = true): Promise<void> {
    if (this.#isStopping) throw stopping();
    this.#app.audit.assertWritable();
    await this.#app.limits.admit(spender, usesModel, onLimits);
    if (usesModel) await beginWork(turnKeyOf(spender.caller, spender.address));
  }

  trackTurn(running: Promise<unknown>, stop: () => void): void {
    this.#statelessTurns.set(running, stop);
    void running.finally(() => this.#statelessTurns.delete(running));
  }

  /** Admits no further requests, and ends those that wait, also for a decision in their stream. Running turns get `graceMs`, then they are stopped. Resolves when none runs. */
  async drain(graceMs: number): Promise<void> {
    this.#isStopping = true;
    for (const grace of this.#graceTimers.values()) clearTimeout(grace);
    const sessions = [...this.#live.values()];
    for (const session of sessions) session.refuseRequests(stopping());
    const timer = setTimeout(() => {
      for (const session of sessions) void session.cancelAll();
      for (const stop of this.#statelessTurns.values()) stop();
    }, graceMs);
    const end = async (session: LiveSession) => {
      await session.whenIdle();
      session.eventLog.notifyClosed(stopping());
      await session.whenIdle();
    };
    await Promise.all([...sessions.map(end), ...this.#statelessTurns.keys()]);
    clearTimeout(timer);
    await Promise.all(sessions.map((session) => session.unload()));
  }

  #touch(session: LiveSession): void {
    // A request that was admitted before may open its session now.
    if (this.#isStopping) session.refuseRequests(stopping());
    this.#live.set(session.id, session);
    this.#idle.delete(session.id);
    if (session.isIdle) this.#idle.set(session.id, this.#app.now().getTime());
    this.#evictIdle();
  }

  /** Removes idle sessions from memory: the oldest over `--max-sessions`, and those idle for longer than `--session-timeout`. */
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
    if (session.isIdle) return void this.#touch(session);
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
