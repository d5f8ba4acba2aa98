/**
 * A session while it is in memory: its turns run one after the other, each step is stored before it is told, and whoever
 * watches its story sees it. It outlives those who watch.
 */
import { randomUUID } from "node:crypto";
import type { CallerId } from "../access/types.ts";
import { type ApprovalDecision, applyDecision, decideCalls } from "../chat/approval.ts";
import { countMessagesToRead } from "../chat/context/history-window.ts";
import { Summarizer } from "../chat/context/summarizer.ts";
import { createFailedEnd } from "../chat/failed-end.ts";
import { findTurnStart } from "../chat/messages.ts";
import { TokenRatios } from "../chat/tokens.ts";
import type { Message, SessionId, TurnId, WaitingTurn } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError, detailOf } from "../errors.ts";
import { EventLog, type LoggedEvent, type Subscriber } from "../events/event-log.ts";
import type { MemoryBudget } from "../events/memory-budget.ts";
import { ReplicatedEventLog } from "../events/replicated-log.ts";
import type { EventBus, Lease, StoredSession } from "../store/types.ts";
import type { Credentials } from "../tools/auth/types.ts";
import { SessionAttachments } from "../turns/attachments.ts";
import { SessionCredentials } from "../turns/credentials.ts";
import { MessageCache } from "../turns/message-cache.ts";
import { runTurn, type TurnStart } from "../turns/run-turn.ts";
import { type TurnRequest, validateTurnRequest } from "../turns/turn-request.ts";
import { PendingApproval } from "./pending-approval.ts";
import { renewLease, SessionMutex } from "./session-lease.ts";
import { SessionRecovery } from "./session-recovery.ts";

const POLL_INTERVAL_MS = 2000;
/** Looks at a session that changes all the time. */
const MAX_READ_ATTEMPTS = 10;

export interface SessionDecision extends ApprovalDecision {
  readonly approvalId: string;
  /** These operations need no approval any more in this session. */
  readonly forSession: boolean;
}

/** What is to be done next, with the right to do it. */
interface StartedTurn {
  readonly lease: Lease;
  readonly stored: StoredSession;
  readonly start: TurnStart;
}

export class LiveSession {
  readonly id: SessionId;
  readonly owner: CallerId;
  readonly credentials: SessionCredentials;
  readonly eventLog: EventLog;
  readonly #app: App;
  readonly #queue: TurnRequest[] = [];
  readonly #ratios = new TokenRatios();
  readonly #summarizer: Summarizer;
  readonly #attachments: SessionAttachments;
  readonly #replicatedLog: ReplicatedEventLog | undefined;
  readonly #messageCache: MessageCache;
  #running:
    | { readonly abort: AbortController; readonly done: Promise<void>; readonly requestId: unknown }
    | undefined;
  readonly #mutex: SessionMutex;
  /** Stops the turn that is run here: it has begun, and has the session. */
  #turnAbort: AbortController | undefined;
  /** A turn waits for a person; questions wait for it. */
  readonly #pendingApproval: PendingApproval;
  readonly #recovery: SessionRecovery;
  #pollTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App, id: SessionId, owner: CallerId, credentials: Credentials, room?: MemoryBudget) {
    this.#app = app;
    this.id = id;
    this.owner = owner;
    this.credentials = new SessionCredentials(credentials);
    this.eventLog = new EventLog(id, room);
    this.#replicatedLog = app.bus && this.#createReplicatedLog(app.bus);
    this.#mutex = new SessionMutex(app, id);
    this.#pendingApproval = new PendingApproval({
      now: app.now,
      onExpired: () => this.#endPending("expired"),
      onError: (error) => this.#logError(error),
    });
    this.#messageCache = new MessageCache(
      app.store,
      id,
      countMessagesToRead(app.config.maxConversationMessages),
    );
    this.#recovery = new SessionRecovery({
      app,
      id,
      owner,
      eventLog: this.eventLog,
      messageCache: this.#messageCache,
      pendingApproval: this.#pendingApproval,
      catchUp: () => this.#replicatedLog?.catchUp(),
    });
    this.#attachments = new SessionAttachments(app.files, { owner, session: id });
    const place = { session: id, caller: owner };
    const summarize = app.config.summarize && !app.isDemoModel;
    this.#summarizer = new Summarizer(
      id,
      { ...app.config, summarize },
      {
        store: {
          read: () => this.#messageCache.read(),
          summarize: (session, summary) => app.store.summarize(session, summary),
        },
        model: app.model,
        now: app.now,
        onUsage: (spent) => app.telemetry.recordUsage(spent, place),
        onError: (error) => app.log.warning("notes failed", { session: id, detail: String(error) }),
      },
    );
  }

  /** Nothing runs and nobody watches: it may leave memory. A turn that waits for a person is stored. */
  get isIdle(): boolean {
    return this.#running === undefined && this.#queue.length === 0 && !this.eventLog.hasSubscribers;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** @throws AppError `message_too_long`, `bad_request` or `queue_full`; the session is then as it was. */
  submit(request: TurnRequest): void {
    validateTurnRequest(request, this.#app, this.#queue.length);
    this.#queue.push(request);
    this.#startNext();
  }

  subscribe(subscriber: Subscriber): () => void {
    const unsubscribe = this.eventLog.subscribe(subscriber);
    return () => {
      unsubscribe();
      // As long as nobody is there, the messages need no room beside the store.
      if (!this.eventLog.hasSubscribers) this.#messageCache.invalidate();
    };
  }

  /** Answers a request for approval. @throws AppError `approval_not_found`: there is none, or it was answered, or it is too late. */
  async decideApproval(decision: SessionDecision): Promise<void> {
    if (!(await this.#hasPendingApproval())) throw approvalNotFound();
    await this.whenIdle();
    const started = await this.#mutex.runExclusive((lease) => this.#applyDecision(lease, decision));
    if (started) this.#start(started);
  }

  /** Stops the running turn, or the one that waits for a person; questions that wait go on. */
  async stop(): Promise<void> {
    if (await this.#hasPendingApproval()) {
      await this.whenIdle();
      return await this.#endPending("stopped");
    }
    this.#stopRunning();
  }

  /** Also a question whose turn has not come; whose turn it is then is stopped where it runs. */
  #stopRunning(): void {
    this.#running?.abort.abort();
    if (!this.#turnAbort) this.#replicatedLog?.sendCommand("stop");
  }

  /** Whether a turn waits for a person, here or as it is stored. */
  async #hasPendingApproval(): Promise<boolean> {
    if (!this.#running && !this.#pendingApproval.isPending) await this.read({ newest: 0 });
    return this.#pendingApproval.isPending;
  }

  /** Stops what this asker has asked alone, also before its turn has come. */
  cancelRequest(requestId: unknown): void {
    if (this.#running && this.#running.requestId === requestId) {
      this.#running.abort.abort();
      return;
    }
    const index = this.#queue.findIndex((request) => request.requestId === requestId);
    if (index === -1) return;
    this.#queue.splice(index, 1);
    this.#rejectRequest(new AppError("cancelled", "Stopped."), requestId);
  }

  /** Stops the running turn and forgets those that wait. Resolves when all of it is stored. */
  async cancelAll(): Promise<void> {
    this.#queue.length = 0;
    this.#running?.abort.abort();
    await this.whenIdle();
    await this.#summarizer.stop();
  }

  /** It leaves memory: what is stored of it stays. */
  async unload(): Promise<void> {
    await this.cancelAll();
    this.#pendingApproval.clear();
    clearTimeout(this.#pollTimer);
    this.#replicatedLog?.disconnect();
    this.eventLog.clear();
  }

  /** What was told after `seq`; undefined: it is not known any more. @throws AppError `store_unavailable` */
  async eventsAfter(seq: number): Promise<readonly LoggedEvent[] | undefined> {
    return this.#replicatedLog ? await this.#replicatedLog.eventsAfter(seq) : this.eventLog.eventsAfter(seq);
  }

  /** The turn that runs or waits, and the number of what came before it; undefined: its beginning is known nowhere any more. */
  async findOpenTurn(): Promise<EventLog["openTurn"]> {
    if (!this.eventLog.openTurn) await this.#replicatedLog?.loadAll();
    return this.eventLog.openTurn;
  }

  /** Resolves when no turn is running or about to. */
  async whenIdle(): Promise<void> {
    while (this.#running) await this.#running.done;
  }

  /**
   * Returns what is stored, after closing an interrupted turn; undefined when nothing is stored yet.
   * @param found what the store has just returned. It is read again when other processes may have changed it since.
   */
  async read(
    options?: { readonly newest?: number },
    found?: StoredSession,
  ): Promise<StoredSession | undefined> {
    await this.#replicatedLog?.connect();
    const isCurrent = found !== undefined && !this.#replicatedLog;
    const stored = isCurrent ? found : await this.#app.store.read(this.id, options);
    if (!stored) return undefined;
    if (!this.#running) this.#recovery.restore(stored.session);
    if (stored.session.turn?.status !== "running" || this.#running) return stored;
    await this.#recover();
    return await this.#app.store.read(this.id, options);
  }

  /** One story with those who have the session in other processes. */
  #createReplicatedLog(bus: EventBus): ReplicatedEventLog {
    return new ReplicatedEventLog(this.eventLog, bus, {
      readMessages: async () => (await this.#messageCache.read())?.messages ?? [],
      onEvent: ({ event }) => {
        if (event.type === "turn_waiting") this.#pendingApproval.suspend(event.turn);
        if (event.type !== "turn_ended") return;
        this.#pendingApproval.clear();
        this.#startNext();
      },
      onCommand: (command) => {
        if (command === "cleared") this.eventLog.notifyCleared();
        else this.#turnAbort?.abort();
      },
      onError: (error) => this.#logError(error),
    });
  }

  /** The newest messages as they stand behind what was told just now. */
  async readConsistent(newest: number): Promise<StoredSession | undefined> {
    await this.#replicatedLog?.catchUp();
    for (let attempt = 1; ; attempt++) {
      const { revision } = this.eventLog;
      const stored = await this.read({ newest });
      if (revision === this.eventLog.revision || attempt === MAX_READ_ATTEMPTS) return stored;
    }
  }

  async readMessages(): Promise<readonly Message[]> {
    return (await this.read())?.messages ?? [];
  }

  /** Forgets the conversation; a running turn is stopped first, wherever it runs. */
  async clear(): Promise<void> {
    this.#stopRunning();
    await this.cancelAll();
    await this.#mutex.runExclusive(async () => {
      await this.#app.store.clear(this.id, this.#app.now().toISOString());
      this.#pendingApproval.clear();
      this.#messageCache.invalidate();
    });
    this.#app.files.deleteSession(this.id);
    await this.#app.results.deleteSession(this.id);
    this.eventLog.notifyCleared();
    this.#replicatedLog?.sendCommand("cleared");
  }

  #startNext(): void {
    if (this.#running || this.#pendingApproval.isPending) return;
    const request = this.#queue.shift();
    if (!request) return;
    const abort = new AbortController();
    this.#track(abort, this.#runRequest(request, abort), request.requestId);
  }

  #start(started: StartedTurn, abort = new AbortController()): void {
    this.#track(abort, this.#run(started, abort));
  }

  #track(abort: AbortController, work: Promise<void>, requestId?: unknown): void {
    const done = work
      .catch((error: unknown) => this.#logError(error))
      .finally(() => {
        this.#running = undefined;
        this.#startNext();
      });
    this.#running = { abort, done, requestId };
  }

  async #runRequest(request: TurnRequest, abort: AbortController): Promise<void> {
    let started: StartedTurn | undefined;
    try {
      await this.#replicatedLog?.connect();
      started = await this.#mutex.runExclusive((lease) => this.#beginTurn(lease, request), abort.signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return this.#rejectRequest(error, request.requestId);
    }
    if (started) await this.#run(started, abort);
  }

  async #run({ lease, stored, start }: StartedTurn, abort: AbortController): Promise<void> {
    const { eventLog, credentials } = this;
    const release = renewLease(this.#app, lease, () => abort.abort());
    this.#turnAbort = abort;
    try {
      const context = {
        app: this.#app,
        eventLog,
        credentials,
        attachments: this.#attachments,
        ratios: this.#ratios,
        lease,
        stored,
        messageCache: this.#messageCache,
        // Before anybody is asked: they may answer at once.
        suspend: (turn: WaitingTurn) => this.#pendingApproval.suspend(turn),
      };
      const { model, messageTokenBudget } = await runTurn(context, start, abort.signal);
      if (!this.#pendingApproval.isPending && messageTokenBudget !== undefined)
        this.#summarizer.onTurnEnd(model, messageTokenBudget, this.owner);
    } finally {
      this.#turnAbort = undefined;
      await release();
    }
  }

  /** Undefined: a turn waits for a person, and the question for it. */
  async #beginTurn(lease: Lease, request: TurnRequest): Promise<StartedTurn | undefined> {
    const stored = await this.#recovery.loadOrCreate(lease);
    if (stored.session.turn?.status === "waiting") {
      this.#queue.unshift(request);
      this.#pendingApproval.suspend(stored.session.turn);
      return undefined;
    }
    return { lease, stored, start: { request } };
  }

  async #applyDecision(lease: Lease, decision: SessionDecision): Promise<StartedTurn | undefined> {
    const stored = await this.#messageCache.read();
    const turn = stored?.session.turn;
    if (
      !stored ||
      turn?.status !== "waiting" ||
      turn.approval.id !== decision.approvalId ||
      this.#pendingApproval.isExpired(turn)
    )
      throw approvalNotFound();
    this.#recovery.restore(stored.session);
    const names = decision.forSession && decision.approved ? approvedToolNames(turn, decision) : [];
    const next = applyDecision(turn, decision, (call) => names.includes(call.name));
    const allowed = [...new Set([...stored.session.allowed, ...names])];
    return await this.#resume(lease, { ...stored, session: { ...stored.session, allowed } }, next);
  }

  /** A turn that was decided on: all of it, and it runs on; some, and the person is asked for the rest. */
  async #resume(lease: Lease, stored: StoredSession, turn: WaitingTurn): Promise<StartedTurn | undefined> {
    const isWaiting = turn.approval.calls.length > 0;
    const { id } = turn;
    // Before anything is sent: a decision is used once, whatever happens.
    await this.#app.store.write(
      this.id,
      {
        at: this.#app.now().toISOString(),
        turn: isWaiting ? turn : { status: "running", id },
        allowed: stored.session.allowed,
        seq: this.eventLog.seq + (isWaiting ? 1 : 0),
      },
      lease,
    );
    if (isWaiting) {
      this.#pendingApproval.suspend(turn);
      this.eventLog.append({ type: "turn_waiting", turn }, id);
      return undefined;
    }
    this.#pendingApproval.clear();
    const turnStart = findTurnStart(stored.messages);
    const before = { ...stored, messages: stored.messages.slice(0, turnStart) };
    return { lease, stored: before, start: { waiting: turn, messages: stored.messages.slice(turnStart) } };
  }

  /** Nobody will answer any more: what was held is not carried out, and the turn ends without another word of the model. */
  async #endPending(outcome: "expired" | "stopped"): Promise<void> {
    const started = await this.#mutex.runExclusive(async (lease) => {
      const stored = await this.#messageCache.read();
      const turn = stored?.session.turn;
      if (
        !stored ||
        turn?.status !== "waiting" ||
        (outcome === "expired" && !this.#pendingApproval.isExpired(turn))
      )
        return;
      this.#recovery.restore(stored.session);
      return await this.#resume(lease, stored, decideCalls(turn, outcome));
    });
    const abort = new AbortController();
    abort.abort();
    if (started) this.#start(started, abort);
  }

  /** A turn that is stored as running, and that nobody runs: it is closed. */
  async #recover(): Promise<void> {
    const isDone = await this.#mutex.tryRunExclusive(async (lease) => {
      await this.#recovery.loadOrCreate(lease);
    });
    if (!isDone) this.#schedulePoll();
  }

  /** Somebody else runs the turn. If they die, nobody tells: as long as it is watched, it is looked at. */
  #schedulePoll(): void {
    clearTimeout(this.#pollTimer);
    this.#pollTimer = setTimeout(() => {
      if (this.eventLog.hasSubscribers) void this.read({ newest: 0 }).catch((error) => this.#logError(error));
    }, POLL_INTERVAL_MS);
    this.#pollTimer.unref();
  }

  /** A question that never became a turn. */
  #rejectRequest(error: AppError, requestId: unknown): void {
    const turnId = randomUUID() as TurnId;
    this.eventLog.append(
      { type: "turn_ended", turnId, end: createFailedEnd(error, this.#app.now()) },
      turnId,
      requestId,
    );
  }

  #logError(error: unknown): void {
    this.#app.log.error("session failed", { session: this.id, detail: detailOf(error) });
  }
}

/** What is allowed for the session when these calls are. */
function approvedToolNames({ approval }: WaitingTurn, { callIds }: ApprovalDecision): readonly string[] {
  return approval.calls
    .filter(({ call }) => callIds === undefined || callIds.includes(call.id))
    .map(({ call }) => call.name);
}

function approvalNotFound(): AppError {
  return new AppError(
    "approval_not_found",
    "This request for approval was answered already, or it has expired.",
  );
}
