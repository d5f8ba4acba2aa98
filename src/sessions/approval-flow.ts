/** Applies decisions to the turn that waits for approval. Reads the stored turn under the lease, so that a call is decided once. */
import { randomUUID } from "node:crypto";
import { callerFromId } from "../access/caller.ts";
import type { Caller, CallerId } from "../access/types.ts";
import { type ApprovalDecision, applyDecision, decideCalls } from "../chat/approval.ts";
import { replacePendingCall } from "../chat/edited-calls.ts";
import { findTurnStart } from "../chat/messages.ts";
import type { ApprovalId, SessionId, WaitingTurn } from "../chat/types.ts";
import { AppError } from "../errors.ts";
import type { EventLog } from "../events/event-log.ts";
import type { Lease, StoredSession } from "../store/types.ts";
import type { CallContext } from "../tools/types.ts";
import { SessionAttachments } from "../turns/attachments.ts";
import { recordDecisions } from "../turns/call-audit.ts";
import type { SessionCredentials } from "../turns/credentials.ts";
import { editCall } from "../turns/edit-call.ts";
import type { MessageCache } from "../turns/message-cache.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { SessionMutex } from "./session-lease.ts";
import type { SessionRecovery } from "./session-recovery.ts";
import type { SessionApp, SessionDecision, SessionEdit, StartedTurn } from "./types.ts";

/** Milliseconds for the request of edited arguments. Nothing is sent: an OAuth token is not fetched. */
const PREVIEW_TIMEOUT = 10_000;

export interface ApprovalFlowPorts {
  readonly app: Pick<SessionApp, "apis" | "audit" | "authorizer" | "files" | "now" | "store">;
  readonly id: SessionId;
  readonly owner: CallerId;
  readonly credentials: SessionCredentials;
  readonly eventLog: EventLog;
  readonly lifecycle: Lifecycle;
  readonly messageCache: MessageCache;
  readonly mutex: SessionMutex;
  readonly recovery: SessionRecovery;
}

export class ApprovalFlow {
  readonly #ports: ApprovalFlowPorts;

  constructor(ports: ApprovalFlowPorts) {
    this.#ports = ports;
  }

  /**
   * Applies a person's decision. Returns the turn once all its calls are decided; undefined while calls are left.
   * @throws AppError `approval_not_found` when the request is unknown, decided or expired.
   */
  decide(decision: SessionDecision): Promise<StartedTurn | undefined> {
    return this.#ports.mutex.runExclusive(async (lease) => {
      const { stored, turn } = await this.#findWaitingTurn(decision.approvalId);
      const scopes = decision.forSession && decision.approved ? approvedScopes(turn, decision) : [];
      const allowed = [...new Set([...stored.session.allowed, ...scopes])];
      const decided = applyDecision(turn, decision, ({ scope = "" }) => scopes.includes(scope));
      this.#audit(turn, decided, decision.forSession);
      return await this.#continue(
        lease,
        { ...stored, session: { ...stored.session, allowed } },
        decided,
        decision.caller,
      );
    });
  }

  /**
   * Changes the arguments of a pending call. The approval is requested again, with another id.
   * @throws AppError `approval_not_found` as {@link decide} does, or `bad_request` for invalid arguments.
   */
  edit({ approvalId, callId, caller, arguments: values }: SessionEdit): Promise<void> {
    return this.#ports.mutex.runExclusive(async (lease) => {
      const { stored, turn } = await this.#findWaitingTurn(approvalId);
      const pending = turn.approval.calls.find(({ call }) => call.id === callId);
      if (!pending) throw approvalNotFound();
      const { app, id: session } = this.#ports;
      const edited = await editCall(app, caller, pending, values, this.#callContext(stored));
      app.audit.within({ session, turn: turn.id }, () =>
        app.audit.record({
          event: "approval",
          approval: approvalId,
          outcome: "edited",
          tools: [pending.call.name],
        }),
      );
      await this.#continue(
        lease,
        stored,
        replacePendingCall(turn, edited, randomUUID() as ApprovalId),
        caller,
      );
    });
  }

  /** Decides all calls that are left, without a person. Returns undefined when no turn waits, or when it is not expired yet. */
  end(outcome: "expired" | "stopped"): Promise<StartedTurn | undefined> {
    return this.#ports.mutex.runExclusive(async (lease) => {
      const waiting = await this.#readWaitingTurn();
      if (!waiting || (outcome === "expired" && !this.#isExpired(waiting.turn))) return undefined;
      const { stored, turn } = waiting;
      const decided = decideCalls(turn, outcome);
      this.#audit(turn, decided);
      return await this.#continue(lease, stored, decided, callerFromId(stored.session.owner));
    });
  }

  /** Returns the credentials and the files of the session, for a request that is only shown. */
  #callContext({ messages }: StoredSession): CallContext {
    const { app, credentials, id: session, owner } = this.#ports;
    const attachments = new SessionAttachments(app.files, { owner, session });
    attachments.restore(messages);
    return {
      signal: AbortSignal.timeout(PREVIEW_TIMEOUT),
      credentials: credentials.all,
      findAttachment: (name) => attachments.find(name),
    };
  }

  /** @throws AppError `approval_not_found` */
  async #findWaitingTurn(approvalId: string) {
    const waiting = await this.#readWaitingTurn();
    if (!waiting || waiting.turn.approval.id !== approvalId || this.#isExpired(waiting.turn))
      throw approvalNotFound();
    return waiting;
  }

  async #readWaitingTurn() {
    const stored = await this.#ports.messageCache.read();
    const turn = stored?.session.turn;
    if (!stored || turn?.status !== "waiting") return undefined;
    this.#ports.recovery.restore(stored.session);
    return { stored, turn };
  }

  /** Records the decisions that `after` has more than `before`. */
  #audit({ id, approval, decisions }: WaitingTurn, after: WaitingTurn, forSession = false): void {
    const { app, id: session } = this.#ports;
    const calls = approval.calls.map(({ call }) => call);
    app.audit.within({ session, turn: id }, () =>
      recordDecisions(app.audit, approval.id, after.decisions.slice(decisions.length), calls, forSession),
    );
  }

  #isExpired(turn: WaitingTurn): boolean {
    return this.#ports.lifecycle.isExpired(turn);
  }

  /** Writes the decisions before any call is sent, so that no call is sent twice. Returns undefined while calls are left. */
  async #continue(
    lease: Lease,
    stored: StoredSession,
    turn: WaitingTurn,
    caller: Caller,
  ): Promise<StartedTurn | undefined> {
    const { app, id, eventLog, lifecycle } = this.#ports;
    const isWaiting = turn.approval.calls.length > 0;
    await app.store.write(
      id,
      {
        at: app.now().toISOString(),
        turn: isWaiting ? turn : { status: "running", id: turn.id, results: turn.results },
        allowed: stored.session.allowed,
        seq: eventLog.seq + (isWaiting ? 1 : 0),
      },
      lease,
    );
    if (isWaiting) {
      lifecycle.suspend(turn);
      eventLog.append({ type: "turn_waiting", turn }, turn.id);
      return undefined;
    }
    const turnStart = findTurnStart(stored.messages);
    return {
      lease,
      stored: { ...stored, messages: stored.messages.slice(0, turnStart) },
      start: { id: turn.id, caller, decided: turn, messages: stored.messages.slice(turnStart) },
    };
  }
}

/** Returns what a decision for the whole session allows. */
function approvedScopes({ approval }: WaitingTurn, { callIds }: ApprovalDecision): readonly string[] {
  return approval.calls
    .filter(({ call }) => callIds === undefined || callIds.includes(call.id))
    .flatMap(({ scope }) => scope ?? []);
}

export function approvalNotFound(): AppError {
  return new AppError(
    "approval_not_found",
    "This request for approval was answered already, or it has expired.",
  );
}
