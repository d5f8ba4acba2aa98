import { lazy, Suspense } from "react";
import { formatCallName } from "../call-line.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { undecidedCalls } from "../state/approval.ts";
import { isLive } from "../state/reply.ts";
import { findLiveReply } from "../state/turns.ts";
import type { ChatState } from "../state/types.ts";

const SpokenSentences = lazy(() => import("./spoken-sentences.tsx"));

/** Announces a turn to screen readers: its progress, and the sentences of the reply when they are finished. */
export function Announcer() {
  const announcement = useChatState(describeState);
  return (
    <>
      <div className="visually-hidden" role="status" aria-live="polite" aria-atomic="true">
        {announcement}
      </div>
      <Suspense fallback={null}>
        <SpokenSentences />
      </Suspense>
    </>
  );
}

/** Returns the announcement. A failure has its own alert (failure-box.tsx). */
function describeState(state: ChatState): string {
  const undecided = undecidedCalls(findLiveReply(state)?.parts ?? []);
  if (undecided.length > 0)
    return t("approval.announced", { calls: undecided.map(formatCallName).join(t("count.separator")) });
  const last = state.entries.at(-1);
  if (last?.kind === "divider") return last.text;
  if (last?.kind !== "reply" || !isLive(last)) return "";
  if (last.progress !== undefined) return last.progress;
  const part = last.parts.at(-1);
  if (part?.type === "call" && part.status === "running")
    return t("progress.calling", { call: `${part.method ?? ""} ${part.path ?? part.name}` });
  return t(part?.type === "text" ? "progress.replying" : "progress.thinking");
}
