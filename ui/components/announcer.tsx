import { formatCallName } from "../call-line.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { undecidedCalls } from "../state/approval.ts";
import { textOf } from "../state/reply.ts";
import { findLiveReply } from "../state/turns.ts";
import type { ChatState } from "../state/types.ts";

/** Announces the progress of a turn to screen readers: each call, and the complete reply at its end. */
export function Announcer() {
  const announcement = useChatState(describeState);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" aria-atomic="true">
      {announcement}
    </div>
  );
}

/** Returns the announcement. A failure has its own alert (failure-box.tsx). */
function describeState(state: ChatState): string {
  const undecided = undecidedCalls(findLiveReply(state)?.parts ?? []);
  if (undecided.length > 0)
    return t("approval.announced", { calls: undecided.map(formatCallName).join(", ") });
  const last = state.entries.at(-1);
  if (last?.kind === "divider") return last.text;
  if (last?.kind !== "reply" || last.status === "failed") return "";
  if (last.status === "done") return textOf(last);
  if (last.progress !== undefined) return last.progress;
  const part = last.parts.at(-1);
  if (part?.type === "call" && part.status === "running")
    return t("progress.calling", { call: `${part.method ?? ""} ${part.path ?? part.name}` });
  return t(part?.type === "text" ? "progress.replying" : "progress.thinking");
}
