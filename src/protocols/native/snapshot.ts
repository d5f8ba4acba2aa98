/** Takes a snapshot of a session, for a client that the event log can no longer bring up to date. */
import { addUsage, NO_USAGE } from "../../chat/usage.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { Session } from "../../store/types.ts";
import { type EncodeContext, encodeApprovalFrame, encodeUsageFrame } from "./codec.ts";
import { encodeHistory } from "./history.ts";
import { encodePosition, type FoundPage } from "./history-page.ts";
import type { ServerFrame } from "./types.ts";

/** @param found the session as just read, and its newest messages. It may contain messages whose events were not yet published; `seq` counts them. */
export function takeSnapshot(
  { eventLog }: LiveSession,
  found: FoundPage | undefined,
  context: EncodeContext,
): Extract<ServerFrame, { type: "snapshot" }> {
  const { stored, page } = found ?? {};
  const { seq = 0, turn, spent = [] } = stored?.session ?? {};
  return {
    type: "snapshot",
    seq: Math.max(seq, eventLog.seq),
    messages: encodeHistory(page?.messages ?? [], context, stored?.session.feedback),
    ...(page && encodePosition(page)),
    ...(spent.length > 0 && { total: encodeTotal(spent, context) }),
    ...(turn && { turn_id: turn.id }),
    partial: seq > eventLog.seq ? "" : eventLog.partial,
    approvals: turn?.status === "waiting" ? [encodeApprovalFrame(turn.approval, context.operation)] : [],
  };
}

function encodeTotal(spent: Session["spent"], { cost }: EncodeContext) {
  const usage = spent.reduce((sum, one) => addUsage(sum, one.usage), NO_USAGE);
  return { usage: encodeUsageFrame(usage), cost_usd: cost(spent) };
}
