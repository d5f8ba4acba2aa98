/** A session as it is stored: made when there is none, a turn that was interrupted closed; memory goes on from there. */
import { randomUUID } from "node:crypto";
import type { CallerId } from "../access/types.ts";
import { createFailedEnd } from "../chat/failed-end.ts";
import { closeInterruptedTurn } from "../chat/interrupted.ts";
import { findTurnStart } from "../chat/messages.ts";
import type { ChatEvent, SessionId, TurnId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { EventLog } from "../events/event-log.ts";
import type { Lease, Session, StoredSession } from "../store/types.ts";
import type { MessageCache } from "../turns/message-cache.ts";
import { newSession } from "../turns/new-session.ts";
import type { PendingApproval } from "./pending-approval.ts";

/** Events that were told before a crash, but not stored: the numbers after it begin beyond any of them. */
const SEQ_GAP_AFTER_CRASH = 10_000_000;

export interface SessionRecoveryPorts {
  readonly app: Pick<App, "config" | "modelId" | "now" | "store">;
  readonly id: SessionId;
  readonly owner: CallerId;
  readonly eventLog: EventLog;
  readonly messageCache: MessageCache;
  readonly pendingApproval: PendingApproval;
  /** Whoever had the session before has told all there was, though it may still be on its way. */
  readonly catchUp: () => Promise<void> | undefined;
}

export class SessionRecovery {
  readonly #ports: SessionRecoveryPorts;
  #isLoaded = false;

  constructor(ports: SessionRecoveryPorts) {
    this.#ports = ports;
  }

  /** It was read: its story goes on from there, and a turn that waits for a person is held. */
  restore({ seq, turn }: Session): void {
    const { pendingApproval, eventLog } = this.#ports;
    this.#isLoaded = true;
    eventLog.advanceTo(seq);
    if (turn?.status === "waiting" && !pendingApproval.isPending) pendingApproval.suspend(turn);
  }

  /** For whoever has the lease. @throws AppError `store_unavailable` */
  async loadOrCreate(lease: Lease): Promise<StoredSession> {
    const { messageCache, catchUp } = this.#ports;
    const [found] = await Promise.all([messageCache.read(), catchUp()]);
    if (!found) return await this.#create();
    this.restore(found.session);
    const { turn } = found.session;
    return turn?.status === "running" ? await this.#closeInterrupted(lease, found, turn.id) : found;
  }

  async #create(): Promise<StoredSession> {
    const { app, id, owner, eventLog } = this.#ports;
    const session = { ...newSession(id, owner, app.now()), seq: eventLog.seq };
    await app.store.create(session);
    if (this.#isLoaded) eventLog.append(HISTORY_EXPIRED, "" as TurnId);
    this.#isLoaded = true;
    return { session, messages: [], skipped: 0 };
  }

  async #closeInterrupted(lease: Lease, found: StoredSession, turnId: TurnId): Promise<StoredSession> {
    const { app, id, eventLog } = this.#ports;
    eventLog.advanceTo(found.session.seq + SEQ_GAP_AFTER_CRASH);
    const stamps = { now: app.now, newId: randomUUID };
    const model = found.session.model ?? app.modelId;
    const messages = closeInterruptedTurn(found.messages.slice(findTurnStart(found.messages)), model, stamps);
    const at = app.now().toISOString();
    await app.store.write(id, { at, messages, turn: null, seq: eventLog.seq + 1 }, lease);
    eventLog.append(
      { type: "turn_ended", turnId, end: createFailedEnd(createInterruptedError(), app.now()) },
      turnId,
    );
    const { turn: _turn, ...session } = found.session;
    return { ...found, session, messages: [...found.messages, ...messages] };
  }
}

function createInterruptedError(): AppError {
  return new AppError("interrupted", "The answer was interrupted. Please ask again.", { retryable: true });
}

const HISTORY_EXPIRED: ChatEvent = {
  type: "notice",
  code: "history_trimmed",
  message: "This conversation was idle for too long: what was said before is no longer known.",
};
