/** Takes a snapshot of a session, for a client that the event log can no longer bring up to date. */
import type { LiveSession } from "../../sessions/live-session.ts";
import type { StoredSession } from "../../store/types.ts";
import { type EncodeContext, encodeApprovalFrame } from "./codec.ts";
import { encodeHistory } from "./history.ts";
import type { ServerFrame } from "./types.ts";

/** @param stored the session as just read. It may contain messages whose events were not yet published; `seq` counts them. */
export function takeSnapshot(
  { eventLog }: LiveSession,
  stored: StoredSession | undefined,
  context: EncodeContext,
): Extract<ServerFrame, { type: "snapshot" }> {
  const { seq = 0, turn } = stored?.session ?? {};
  return {
    type: "snapshot",
    seq: Math.max(seq, eventLog.seq),
    messages: encodeHistory(stored?.messages ?? [], context, stored?.session.feedback),
    ...(turn && { turn_id: turn.id }),
    partial: seq > eventLog.seq ? "" : eventLog.partial,
    approvals: turn?.status === "waiting" ? [encodeApprovalFrame(turn.approval, context.operation)] : [],
  };
}
