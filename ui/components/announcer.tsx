import { callName } from "../call-line.ts";
import { useChatState } from "../chat-context.tsx";
import { undecided } from "../state/approval.ts";
import { textOf } from "../state/reply.ts";
import { liveAnswer } from "../state/turns.ts";
import type { ChatState } from "../state/types.ts";

/** What a screen reader says: that an answer is on its way, each call, and the answer once it is whole. */
export function Announcer() {
  const words = useChatState(spoken);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" aria-atomic="true">
      {words}
    </div>
  );
}

/** Failures speak for themselves (failure.tsx). */
function spoken(state: ChatState): string {
  const asked = undecided(liveAnswer(state)?.parts ?? []);
  if (asked.length > 0) return `The assistant asks for your permission: ${asked.map(callName).join(", ")}`;
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
