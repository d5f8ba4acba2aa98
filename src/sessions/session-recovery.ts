/** Loads a session from the store: creates it when there is none, and closes a turn whose process died. */
import { randomUUID } from "node:crypto";
import type { CallerId, Identity } from "../access/types.ts";
import { ChangeTracker } from "../chat/changes.ts";
import { createFailedEnd } from "../chat/failed-end.ts";
import { closeInterruptedTurn } from "../chat/interrupted.ts";
import { findTurnStart } from "../chat/messages.ts";
import type { ChatEvent, OpenTurn, SessionId, TurnId } from "../chat/types.ts";
import { AppError, withDoneCalls } from "../errors.ts";
import type { EventLog } from "../events/event-log.ts";
import type { ReplicatedEventLog } from "../events/replicated-log.ts";
import type { Lease, Session, StoredSession } from "../store/types.ts";
import type { MessageCache } from "../turns/message-cache.ts";
import { newSession } from "../turns/new-session.ts";
import { isReadOnlyTool } from "../turns/turn-tools.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { SessionApp } from "./types.ts";

/** Skipped event numbers after a crash: more than were published without being stored. */
const SEQ_GAP_AFTER_CRASH = 10_000_000;

export interface SessionRecoveryPorts {
  readonly app: Pick<SessionApp, "apis" | "modelId" | "now" | "store">;
  readonly id: SessionId;
  readonly owner: CallerId;
  readonly eventLog: EventLog;
  readonly messageCache: MessageCache;
  readonly lifecycle: Lifecycle;
  readonly replicatedLog: ReplicatedEventLog | undefined;
}

type RunningTurn = Extract<OpenTurn, { readonly status: "running" }>;

export class SessionRecovery {
  readonly #ports: SessionRecoveryPorts;
  #isLoaded = false;

  constructor(ports: SessionRecoveryPorts) {
    this.#ports = ports;
  }

  /** Restores the event number and the pending approval of a stored session. */
  restore({ seq, turn }: Session): void {
    const { lifecycle, eventLog } = this.#ports;
    this.#isLoaded = true;
    eventLog.advanceTo(seq);
    if (turn?.status === "waiting" && !lifecycle.hasPendingApproval) lifecycle.suspend(turn);
  }

  /**
   * Returns the stored session, after closing an interrupted turn. Creates the session when there is none.
   * @param lease the lease of the session. While this process holds it, a stored turn that is `running` has no process.
   * @param identity who creates the session.
   * @throws AppError `store_unavailable`
   */
  async loadOrCreate(lease: Lease, identity?: Identity): Promise<StoredSession> {
    const { messageCache, replicatedLog } = this.#ports;
    // Events of the process that had the session before may still be on their way.
    const [stored] = await Promise.all([messageCache.read(), replicatedLog?.catchUp()]);
    if (!stored) return await this.#create(identity);
    this.restore(stored.session);
    const { turn } = stored.session;
    return turn?.status === "running" ? await this.#closeInterrupted(lease, stored, turn) : stored;
  }

  async #create(identity: Identity | undefined): Promise<StoredSession> {
    const { app, id, owner, eventLog } = this.#ports;
    const session = {
      ...newSession(id, { id: owner, ...(identity && { identity }) }, app.now()),
      seq: eventLog.seq,
    };
    await app.store.create(session);
    if (this.#isLoaded) eventLog.append(HISTORY_EXPIRED, "" as TurnId);
    this.#isLoaded = true;
    return { session, messages: [], skipped: 0 };
  }

  async #closeInterrupted(lease: Lease, stored: StoredSession, turn: RunningTurn): Promise<StoredSession> {
    const { app, id, eventLog } = this.#ports;
    eventLog.advanceTo(stored.session.seq + SEQ_GAP_AFTER_CRASH);
    const stamps = { now: app.now, newId: randomUUID };
    const model = stored.session.model ?? app.modelId;
    const turnMessages = stored.messages.slice(findTurnStart(stored.messages));
    const messages = closeInterruptedTurn(turnMessages, model, stamps, turn.results);
    const at = app.now().toISOString();
    await app.store.write(id, { at, messages, turn: null, seq: eventLog.seq + 1 }, lease);
    const results = [...turnMessages, ...messages].flatMap((message) =>
      message.role === "results" ? message.results : [],
    );
    const { names } = new ChangeTracker((name) => isReadOnlyTool(app.apis.current, name), results);
    const end = createFailedEnd(withDoneCalls(createInterruptedError(), names), app.now());
    eventLog.append({ type: "turn_ended", turnId: turn.id, end }, turn.id);
    const { turn: _turn, ...session } = stored.session;
    return { ...stored, session, messages: [...stored.messages, ...messages] };
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
