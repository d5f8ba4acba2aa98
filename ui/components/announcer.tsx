import { formatCallName } from "../call-line.ts";
import { useChatState } from "../chat-context.tsx";
import { undecidedCalls } from "../state/approval.ts";
import { textOf } from "../state/reply.ts";
import { findLiveReply } from "../state/turns.ts";
import type { ChatState } from "../state/types.ts";

/** What a screen reader says: that an answer is on its way, each call, and the answer once it is whole. */
export function Announcer() {
  const announcement = useChatState(describeState);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" aria-atomic="true">
      {announcement}
    </div>
  );
}

/** Failures speak for themselves (failure.tsx). */
function describeState(state: ChatState): string {
  const undecidedParts = undecidedCalls(findLiveReply(state)?.parts ?? []);
  if (undecidedParts.length > 0)
    return `The assistant asks for your permission: ${undecidedParts.map(formatCallName).join(", ")}`;
  const last = state.entries.at(-1);
  if (last?.kind === "divider") return last.text;
  if (last?.kind !== "answer" || last.status === "failed") return "";
  if (last.status === "done") return textOf(last);
  if (last.progress !== undefined) return last.progress;
  const part = last.parts.at(-1);
  if (part?.type === "call" && part.status === "running")
    return `Calling ${part.method ?? ""} ${part.path ?? part.name}`;
  return part?.type === "text" ? "The assistant is answering" : "The assistant is thinking";
}
