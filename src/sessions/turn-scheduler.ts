/** Runs the turns of a session, one after the other. Each one runs while this process holds the lease of the session. */
import { ownerSpender } from "../access/caller.ts";
import type { Spender, TurnPermit } from "../access/limits/types.ts";
import type { CallerId } from "../access/types.ts";
import type { Summarizer } from "../chat/context/summarizer.ts";
import { createFailedEnd } from "../chat/failed-end.ts";
import { TokenRatios } from "../chat/tokens.ts";
import type { SessionId } from "../chat/types.ts";
import { AppError, toInternalError } from "../errors.ts";
import type { EventLog } from "../events/event-log.ts";
import type { ReplicatedEventLog } from "../events/replicated-log.ts";
import type { Lease } from "../store/types.ts";
import { SessionAttachments } from "../turns/attachments.ts";
import type { SessionCredentials } from "../turns/credentials.ts";
import type { MessageCache } from "../turns/message-cache.ts";
import { runTurn } from "../turns/run-turn.ts";
import { TurnJournal } from "../turns/turn-journal.ts";
import type { TurnRequest } from "../turns/turn-request.ts";
import type { TurnContext } from "../turns/types.ts";
import { STOP_ABANDONED, stopAbandonedTurn } from "./abandoned-turn.ts";
import { createSummarizer } from "./create-summarizer.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { placeRequest } from "./place-request.ts";
import { rejectRequest } from "./reject-request.ts";
import { type QueuedRequest, RequestQueue } from "./request-queue.ts";
import { renewLease, type SessionMutex } from "./session-lease.ts";
import type { SessionRecovery } from "./session-recovery.ts";
import type { SessionApp, StartedTurn } from "./types.ts";

export interface TurnSchedulerPorts {
  readonly app: SessionApp;
  readonly id: SessionId;
  readonly owner: CallerId;
  readonly credentials: SessionCredentials;
  readonly eventLog: EventLog;
  readonly replicatedLog: ReplicatedEventLog | undefined;
  readonly lifecycle: Lifecycle;
  readonly messageCache: MessageCache;
  readonly mutex: SessionMutex;
  readonly recovery: SessionRecovery;
  readonly onError: (error: unknown) => void;
}

export class TurnScheduler {
  readonly #ports: TurnSchedulerPorts;
  readonly #queue: RequestQueue;
  readonly #attachments: SessionAttachments;
  readonly #ratios = new TokenRatios();
  readonly #summarizer: Summarizer;
  /** Who turns count against. Unset until a client of this process asks. */
  #spender: Spender | undefined;
  /** Stops the turn that runs here. Unset while a request waits for the lease. */
  #turnAbort: AbortController | undefined;
  /** Ends the wait of a request for the lease. */
  #waitAbort: AbortController | undefined;

  constructor(ports: TurnSchedulerPorts) {
    const { app, id, messageCache, owner } = ports;
    this.#ports = ports;
    this.#queue = new RequestQueue(app);
    const spender = () => this.#spender ?? ownerSpender(owner);
    this.#summarizer = createSummarizer(app, { id, owner, spender }, messageCache);
    this.#attachments = new SessionAttachments(app.files, { owner, session: id });
  }

  get queueLength(): number {
    return this.#queue.length;
  }

  /** @throws AppError as {@link RequestQueue.add} does */
  submit(request: TurnRequest): void {
    this.#queue.add(request);
    this.startNext();
  }

  /** Starts the oldest queued request, unless a turn runs or waits for approval. */
  startNext(): void {
    const { lifecycle } = this.#ports;
    if (lifecycle.run || lifecycle.hasPendingApproval) return;
    const queued = this.#queue.take();
    if (!queued) return;
    const abort = new AbortController();
    queued.runAsClient(() => this.#track(abort, this.#runRequest(queued, abort), queued.request.requestId));
  }

  /** Runs a turn again after its pending calls were decided. An aborted `abort` ends it without a call or a model request. */
  resume(started: StartedTurn, abort = new AbortController()): void {
    this.#ports.lifecycle.release();
    this.#track(abort, this.#run(started, abort));
  }

  /** Stops one request, in the queue or while its turn runs. */
  cancelRequest(requestId: unknown): void {
    const { run } = this.#ports.lifecycle;
    if (run && run.requestId === requestId) run.abort.abort();
    else if (this.#queue.remove(requestId)) rejectRequest(this.#ports, requestId, cancelled());
  }

  /** Stops the run of this process. When no turn runs here, sends a command that stops it in another process. */
  stopRunning(): void {
    this.#ports.lifecycle.run?.abort.abort();
    if (!this.#turnAbort) this.#ports.replicatedLog?.sendCommand("stop");
  }

  /** Stops the turn that runs in any process if its clients have left it. */
  async stopAbandoned(): Promise<void> {
    if (!this.#ports.lifecycle.run) return this.#ports.replicatedLog?.sendCommand(STOP_ABANDONED);
    await this.#stopAbandoned(() => this.stopRunning());
  }

  /** Does so for the turn that runs here, on the command of another process. */
  async stopAbandonedTurn(): Promise<void> {
    await this.#stopAbandoned(() => this.stopTurn());
  }

  /** Stops the turn that runs here, on the command of another process. A request that waits for the lease stays. */
  stopTurn(): void {
    this.#turnAbort?.abort();
  }

  /** Ends the requests that wait with an error, for their turn here or in another process. */
  rejectQueued(error: AppError, refusesFurther = false): void {
    if (refusesFurther) this.#queue.refuse(error);
    this.#waitAbort?.abort(error);
    for (const { requestId } of this.#queue.takeAll()) rejectRequest(this.#ports, requestId, error);
  }

  /** Publishes the end of the turn that waits for approval, whose conversation was deleted. */
  endSuspended(): void {
    const { app, eventLog, lifecycle } = this.#ports;
    const { state } = lifecycle;
    lifecycle.release();
    if (state.name !== "awaiting-approval") return;
    const end = createFailedEnd(cancelled(), app.now());
    eventLog.append({ type: "turn_ended", turnId: state.turn.id, end }, state.turn.id);
  }

  /** Stops the run of this process and the requests that wait. Resolves when everything is stored. */
  async cancelAll(): Promise<void> {
    this.rejectQueued(cancelled());
    this.#ports.lifecycle.run?.abort.abort();
    await this.whenIdle();
    await this.#summarizer.stop();
  }

  /** Resolves when no turn runs or is about to. */
  async whenIdle(): Promise<void> {
    while (this.#ports.lifecycle.run) await this.#ports.lifecycle.run.done;
  }

  #stopAbandoned(stop: () => void): Promise<void> {
    const { app, eventLog, lifecycle } = this.#ports;
    return stopAbandonedTurn({
      isRunning: () => lifecycle.run !== undefined,
      hasFollowers: () => eventLog.hasSubscribers,
      stop,
      sleep: app.sleep,
    });
  }

  #track(abort: AbortController, work: Promise<void>, requestId?: unknown): void {
    const { lifecycle, onError } = this.#ports;
    const done = work.catch(onError).finally(() => {
      lifecycle.end();
      this.startNext();
    });
    lifecycle.start({ abort, done, requestId });
  }

  async #runRequest(queued: QueuedRequest, abort: AbortController): Promise<void> {
    const { mutex, replicatedLog } = this.#ports;
    this.#waitAbort = new AbortController();
    const signal = AbortSignal.any([abort.signal, this.#waitAbort.signal]);
    let started: StartedTurn | undefined;
    try {
      await replicatedLog?.connect();
      started = await mutex.runExclusive((lease) => this.#prepare(lease, queued), signal);
    } catch (error) {
      if (!(error instanceof AppError)) this.#ports.onError(error);
      return rejectRequest(
        this.#ports,
        queued.request.requestId,
        error instanceof AppError ? error : toInternalError(error),
      );
    }
    if (started) await this.#run(started, abort);
  }

  /** Returns undefined when a turn of another process waits for approval: the request stays in the queue. */
  async #prepare(lease: Lease, queued: QueuedRequest): Promise<StartedTurn | undefined> {
    const { request } = queued;
    const { app, id, lifecycle, owner, recovery } = this.#ports;
    const stored = await recovery.loadOrCreate(lease, request.caller.identity);
    const { turn } = stored.session;
    if (turn?.status !== "waiting") {
      const placed = await placeRequest({ app, id, summarizer: this.#summarizer }, stored, request);
      this.#spender = request.spender ?? ownerSpender(owner, request.caller.identity);
      const permit = await app.limits.startTurn(this.#spender);
      return { lease, ...placed, start: { request }, permit };
    }
    this.#queue.putBack(queued);
    lifecycle.suspend(turn);
    return undefined;
  }

  async #run(started: StartedTurn, abort: AbortController): Promise<void> {
    const { app, owner, lifecycle } = this.#ports;
    const release = renewLease(app, started.lease, () => abort.abort());
    this.#turnAbort = abort;
    const { start } = started;
    let { permit } = started;
    try {
      this.#spender ??= ownerSpender(owner, "decided" in start ? start.caller.identity : undefined);
      permit ??= await app.limits.startTurn(this.#spender, true);
      const context = this.#createContext(started, permit);
      const { model, messageTokenBudget: budget } = await runTurn(context, start, abort.signal);
      if (!lifecycle.hasPendingApproval && budget !== undefined)
        this.#summarizer.onTurnEnd(model, budget, owner);
    } finally {
      this.#turnAbort = undefined;
      await permit?.release();
      await release();
    }
  }

  #createContext({ lease, stored, replaceFrom }: StartedTurn, permit: TurnPermit): TurnContext {
    const { app, id, credentials, eventLog, lifecycle, messageCache } = this.#ports;
    return {
      app,
      session: stored.session,
      history: stored,
      credentials,
      attachments: this.#attachments,
      ratios: this.#ratios,
      permit,
      publish: (event, turnId, requestId) => void eventLog.append(event, turnId, requestId),
      journal: new TurnJournal(app, { session: id, lease, eventLog, messageCache, replaceFrom }),
      suspend: (turn) => lifecycle.suspend(turn),
    };
  }
}

const cancelled = () => new AppError("cancelled", "Stopped.");
