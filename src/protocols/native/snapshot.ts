/** A session's state in one piece: for a client that its story no longer reaches back to. */
import type { LiveSession } from "../../sessions/live-session.ts";
import type { StoredSession } from "../../store/types.ts";
import { type EncodeContext, encodeApprovalFrame } from "./codec.ts";
import { encodeHistory } from "./history.ts";
import type { ServerFrame } from "./types.ts";

/** `stored` has just been read: what is written and was not told yet is in it, and has its number already. */
export function takeSnapshot(
  { eventLog }: LiveSession,
  stored: StoredSession | undefined,
  context: EncodeContext,
): Extract<ServerFrame, { type: "snapshot" }> {
  const { seq = 0, turn } = stored?.session ?? {};
  return {
    type: "snapshot",
    seq: Math.max(seq, eventLog.seq),
    messages: encodeHistory(stored?.messages ?? [], context),
    ...(turn && { turn_id: turn.id }),
    partial: seq > eventLog.seq ? "" : eventLog.partial,
    approvals: turn?.status === "waiting" ? [encodeApprovalFrame(turn.approval, context.operation)] : [],
  };
}
