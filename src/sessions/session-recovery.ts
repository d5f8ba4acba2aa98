/** A session as it is stored: made when there is none, a turn that was interrupted closed; memory goes on from there. */
import { randomUUID } from "node:crypto";
import type { CallerId } from "../access/types.ts";
import { failedEnd } from "../chat/failed-end.ts";
import { closeInterrupted } from "../chat/interrupted.ts";
import { beginOfTurn } from "../chat/messages.ts";
import type { SessionId, ToldEvent, TurnId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Story } from "../events/event-log.ts";
import type { Lease, Session, StoredSession } from "../store/types.ts";
import type { RecentMessages } from "../turns/message-cache.ts";
import { newSession } from "../turns/new-session.ts";
import type { HeldTurn } from "./pending-approval.ts";

/** Events that were told before a crash, but not stored: the numbers after it begin beyond any of them. */
const UNKNOWN_SEQS = 10_000_000;

export interface StoredStatePorts {
  readonly app: Pick<App, "config" | "modelId" | "now" | "store">;
  readonly id: SessionId;
  readonly owner: CallerId;
  readonly story: Story;
  readonly recent: RecentMessages;
  readonly held: HeldTurn;
  /** Whoever had the session before has told all there was, though it may still be on its way. */
  readonly catchUp: () => Promise<void> | undefined;
}

export class StoredState {
  readonly #ports: StoredStatePorts;
  #isKnown = false;

  constructor(ports: StoredStatePorts) {
    this.#ports = ports;
  }

  /** It was read: its story goes on from there, and a turn that waits for a person is held. */
  remember({ seq, turn }: Session): void {
    const { held, story } = this.#ports;
    this.#isKnown = true;
    story.goOnFrom(seq);
    if (turn?.status === "waiting" && !held.isThere) held.hold(turn);
  }

  /** For whoever has the lease. @throws AppError `store_unavailable` */
  async open(lease: Lease): Promise<StoredSession> {
    const { recent, catchUp } = this.#ports;
    const [found] = await Promise.all([recent.read(), catchUp()]);
    if (!found) return await this.#create();
    this.remember(found.session);
    const { turn } = found.session;
    return turn?.status === "running" ? await this.#close(lease, found, turn.id) : found;
  }

  async #create(): Promise<StoredSession> {
    const { app, id, owner, story } = this.#ports;
    const session = { ...newSession(id, owner, app.now()), seq: story.seq };
    await app.store.create(session);
    if (this.#isKnown) story.tell(FORGOTTEN, "" as TurnId);
    this.#isKnown = true;
    return { session, messages: [], skipped: 0 };
  }

  async #close(lease: Lease, found: StoredSession, turnId: TurnId): Promise<StoredSession> {
    const { app, id, story } = this.#ports;
    story.goOnFrom(found.session.seq + UNKNOWN_SEQS);
    const stamps = { now: app.now, newId: randomUUID };
    const model = found.session.model ?? app.modelId;
    const messages = closeInterrupted(found.messages.slice(beginOfTurn(found.messages)), model, stamps);
    const at = app.now().toISOString();
    await app.store.write(id, { at, messages, turn: null, seq: story.seq + 1 }, lease);
    story.tell({ type: "turn_ended", turnId, end: failedEnd(interrupted(), app.now()) }, turnId);
    const { turn: _turn, ...session } = found.session;
    return { ...found, session, messages: [...found.messages, ...messages] };
  }
}

function interrupted(): AppError {
  return new AppError("interrupted", "The answer was interrupted. Please ask again.", { retryable: true });
}

const FORGOTTEN: ToldEvent = {
  type: "notice",
  code: "history_trimmed",
  message: "This conversation was idle for too long: what was said before is no longer known.",
};
