/** The types of this folder. */
import type { ChatEvent, TurnId } from "../chat/types.ts";

/** An event of a turn, as it is published. */
export interface StreamedEvent {
  readonly turnId: TurnId;
  readonly event: ChatEvent;
}

/** A published event with its place in the log. Notices are not logged: they carry the number of the event before them. */
export interface LoggedEvent extends StreamedEvent {
  readonly seq: number;
  /** Identifies the request that began the turn, so that its sender recognises it. Set on a turn's first event only. */
  readonly requestId?: unknown;
}
