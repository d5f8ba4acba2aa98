/**
 * A session in memory. Its turns run one after the other, each step is stored before it is published, and subscribers receive
 * its events. It outlives its subscribers. {@link SessionState} shows its life.
 */

import type { CallerId } from "../access/types.ts";
import { countMessagesToRead } from "../chat/context/history-window.ts";
import type { SessionId } from "../chat/types.ts";
import { type AppError, detailOf } from "../errors.ts";
import { EventLog, type LoggedEvent, type Subscriber } from "../events/event-log.ts";
import type { MemoryBudget } from "../events/memory-budget.ts";
import { ReplicatedEventLog } from "../events/replicated-log.ts";
import type { EventBus, MessageRange, StoredSession } from "../store/types.ts";
import type { Credentials } from "../tools/auth/types.ts";
import { SessionCredentials } from "../turns/credentials.ts";
import { MessageCache } from "../turns/message-cache.ts";
import type { TurnRequest } from "../turns/turn-request.ts";
import { STOP_ABANDONED } from "./abandoned-turn.ts";
import { ApprovalFlow, approvalNotFound } from "./approval-flow.ts";
import { Lifecycle } from "./lifecycle.ts";
import { SessionMutex } from "./session-lease.ts";
import { SessionReader } from "./session-reader.ts";
import { SessionRecovery } from "./session-recovery.ts";
import { revokeShares } from "./share-session.ts";
import { TakenRequests } from "./taken-requests.ts";
import { TurnScheduler } from "./turn-scheduler.ts";
import { TurnStopper } from "./turn-stopper.ts";
import type { SessionApp, SessionDecision, SessionEdit, SessionState } from "./types.ts";

export class LiveSession {
  readonly id: SessionId;
  readonly owner: CallerId;
  readonly credentials: SessionCredentials;
  readonly eventLog: EventLog;
  readonly takenRequests: TakenRequests;
  readonly #app: SessionApp;
  readonly #lifecycle: Lifecycle;
  readonly #scheduler: TurnScheduler;
  readonly #approvals: ApprovalFlow;
  readonly #reader: SessionReader;
  readonly #mutex: SessionMutex;
  readonly #messageCache: MessageCache;
  readonly #replicatedLog: ReplicatedEventLog | undefined;
  readonly #stopper: TurnStopper;

  constructor(
    app: SessionApp,
    id: SessionId,
    owner: CallerId,
    credentials: Credentials,
    memoryBudget?: MemoryBudget,
  ) {
    this.#app = app;
    this.id = id;
    this.owner = owner;
    this.credentials = new SessionCredentials(credentials);
    this.eventLog = new EventLog(id, memoryBudget);
    this.#replicatedLog = app.bus && this.#createReplicatedLog(app.bus);
    this.takenRequests = new TakenRequests(this.eventLog, this.#replicatedLog);
    this.#mutex = new SessionMutex(app, id);
    const onError = (error: unknown) => this.#logError(error);
    this.#lifecycle = new Lifecycle({
      now: app.now,
      onExpired: () => this.#stopper.endPending("expired"),
      onError,
    });
    const limit = countMessagesToRead(app.config.maxConversationMessages);
    this.#messageCache = new MessageCache(app.store, id, limit);
    const shared = {
      app,
      id,
      owner,
      credentials: this.credentials,
      eventLog: this.eventLog,
      replicatedLog: this.#replicatedLog,
      lifecycle: this.#lifecycle,
      messageCache: this.#messageCache,
      mutex: this.#mutex,
      onError,
    };
    const recovery = new SessionRecovery(shared);
    this.#approvals = new ApprovalFlow({ ...shared, recovery });
    this.#reader = new SessionReader({ ...shared, recovery });
    this.#scheduler = new TurnScheduler({ ...shared, recovery });
    this.#stopper = new TurnStopper({
      lifecycle: this.#lifecycle,
      approvals: this.#approvals,
      scheduler: this.#scheduler,
      restore: () => this.read({ newest: 0 }),
    });
  }

  get state(): SessionState {
    return this.#lifecycle.state;
  }

  get isRunning(): boolean {
    return this.#lifecycle.run !== undefined;
  }

  get queueLength(): number {
    return this.#scheduler.queueLength;
  }

  /** Whether it can leave memory: nothing runs or is queued, and nobody subscribes. A pending approval is stored. */
  get isIdle(): boolean {
    return !this.isRunning && this.#scheduler.queueLength === 0 && !this.eventLog.hasSubscribers;
  }

  /** Queues a request. @throws AppError `message_too_long`, `bad_request` or `queue_full`; the session then stays as it was. */
  submit(request: TurnRequest): void {
    this.#scheduler.submit(request);
    // The ids of replaced messages are free again.
    if (request.replaces !== undefined) this.takenRequests.clear();
  }

  /** Queues a request that its client identifies, unless it was queued before. @throws AppError as {@link submit} does. */
  submitOnce(id: string, request: TurnRequest): ReturnType<TakenRequests["take"]> {
    const { message, requestId } = request;
    const submit = () => this.submit({ clientId: id, ...request });
    return this.takenRequests.take(id, { message, requestId }, submit);
  }

  subscribe(subscriber: Subscriber): () => void {
    this.#lifecycle.open();
    const unsubscribe = this.eventLog.subscribe(subscriber);
    return () => {
      unsubscribe();
      // Without subscribers, the messages are kept in the store alone.
      if (!this.eventLog.hasSubscribers) this.#messageCache.invalidate();
    };
  }

  /** Decides on a pending approval, or edits a call of it. @throws AppError of {@link ApprovalFlow}. */
  async decideApproval(decision: SessionDecision | SessionEdit): Promise<void> {
    this.#app.audit.assertWritable();
    if (!(await this.#stopper.hasPendingApproval())) throw approvalNotFound();
    await this.whenIdle();
    if ("arguments" in decision) return await this.#approvals.edit(decision);
    const started = await this.#approvals.decide(decision);
    if (started) this.#scheduler.resume(started);
  }

  /** Stops the turn that runs or waits for approval, in any process. Queued requests run afterwards. */
  stop(): Promise<void> {
    return this.#stopper.stop();
  }

  /** Stops one request, in the queue or while its turn runs. */
  cancelRequest(requestId: unknown): void {
    this.#scheduler.cancelRequest(requestId);
  }

  /** Stops the run of this process and the requests that wait. Resolves when everything is stored. */
  readonly cancelAll = (): Promise<void> => this.#scheduler.cancelAll();

  /** Ends the requests that wait with an error, and refuses further ones. */
  readonly refuseRequests = (error: AppError): void => this.#scheduler.rejectQueued(error, true);

  /** Resolves when no turn runs or is about to, and none is being stopped. */
  whenIdle(): Promise<void> {
    return this.#stopper.whenIdle();
  }

  /** Removes the session from memory. The stored session stays. */
  async unload(): Promise<void> {
    await this.cancelAll();
    this.#lifecycle.close();
    this.#reader.stop();
    this.#replicatedLog?.disconnect();
    this.eventLog.clear();
  }

  /** Deletes the conversation. A running turn is stopped first, in whichever process it runs. */
  async clear(): Promise<void> {
    this.#scheduler.stopRunning();
    await this.cancelAll();
    await this.#mutex.runExclusive(async () => {
      await this.#app.store.clear(this.id, this.#app.now().toISOString());
      this.#scheduler.endSuspended();
      this.#messageCache.invalidate();
    });
    await revokeShares(this.#app, this.id);
    this.#app.files.deleteSession(this.id);
    await this.#app.results.deleteSession(this.id);
    this.#onCleared();
    this.#replicatedLog?.sendCommand("cleared");
  }

  /** Stops the turn that runs in any process if its clients have left it. */
  stopAbandoned(): Promise<void> {
    return this.#scheduler.stopAbandoned();
  }

  /** Returns the events after `seq`; undefined when some are no longer kept anywhere. @throws AppError `store_unavailable` */
  async eventsAfter(seq: number): Promise<readonly LoggedEvent[] | undefined> {
    return this.#replicatedLog ? await this.#replicatedLog.eventsAfter(seq) : this.eventLog.eventsAfter(seq);
  }

  /** Returns the turn that runs or waits, and the number before its first event; undefined when its beginning is kept nowhere. */
  async findOpenTurn(): Promise<EventLog["openTurn"]> {
    if (!this.eventLog.openTurn) await this.#replicatedLog?.loadAll();
    return this.eventLog.openTurn;
  }

  /**
   * Returns the stored session, after closing an interrupted turn; undefined when nothing is stored yet.
   * @param found the result of a read just now. It is read again when another process may have changed it since.
   * @throws AppError `store_unavailable`
   */
  read(range?: MessageRange, found?: StoredSession): Promise<StoredSession | undefined> {
    return this.#reader.read(range, found);
  }

  /** Returns messages as they belong to the events so far. @throws AppError `store_unavailable` */
  readConsistent(range: MessageRange): Promise<StoredSession | undefined> {
    return this.#reader.readConsistent(range);
  }

  /** Forgets the requests of a conversation that this or another process has deleted, and informs its subscribers. */
  #onCleared(): void {
    this.takenRequests.clear();
    this.eventLog.notifyCleared();
  }

  #createReplicatedLog(bus: EventBus): ReplicatedEventLog {
    return new ReplicatedEventLog(this.eventLog, bus, {
      readMessages: async () => (await this.#messageCache.read())?.messages ?? [],
      onEvent: ({ event }) => {
        if (event.type === "turn_waiting") this.#lifecycle.suspend(event.turn);
        if (event.type !== "turn_ended") return;
        this.#lifecycle.release();
        this.#scheduler.startNext();
      },
      onCommand: (command) => {
        if (command === "cleared") this.#onCleared();
        else if (command === STOP_ABANDONED) void this.#scheduler.stopAbandonedTurn();
        else this.#scheduler.stopTurn();
      },
      onError: (error) => this.#logError(error),
    });
  }

  #logError(error: unknown): void {
    this.#app.log.error("session failed", { session: this.id, detail: detailOf(error) });
  }
}
