import { useLayoutEffect, useRef } from "react";
import { focusComposer, isTyping } from "../browser/focus.ts";
import { useIsPast } from "../browser/use-is-past.ts";
import type { Decision } from "../chat.ts";
import { useChat } from "../chat-context.tsx";
import { formatCount } from "../format.ts";
import { undecidedCalls } from "../state/approval.ts";
import type { CallPart } from "../state/types.ts";
import { ApprovalCard } from "./approval-card.tsx";
import { Shield } from "./icons.tsx";
import { ApprovalButtons } from "./permission.tsx";

/** Calls that are made only if the reader lets them: what they would do, and the ways to answer. */
export function Approval({ id, calls }: { id: string; calls: readonly CallPart[] }) {
  const chat = useChat();
  const box = useRef<HTMLElement>(null);
  const isExpired = useIsPast(calls[0]?.approval?.expiresAt ?? "");
  const pendingCalls = isExpired ? [] : undecidedCalls(calls);

  const focusCall = (call: CallPart | undefined) => {
    const titles = box.current?.querySelectorAll<HTMLElement>(".approval-title") ?? [];
    const title = call && titles[calls.indexOf(call)];
    if (title) title.focus();
    else focusComposer();
  };

  useLayoutEffect(() => {
    const shown = box.current;
    const title = isTyping() ? null : shown?.querySelector<HTMLElement>(".approval-title");
    title?.focus();
    // The viewport goes to its end when something is added: what has the focus must not leave it by that.
    const frame = requestAnimationFrame(() => title?.scrollIntoView({ block: "nearest" }));
    return () => {
      cancelAnimationFrame(frame);
      // Who stands in it when it goes is not left nowhere.
      if (shown?.contains(document.activeElement)) focusComposer();
    };
  }, []);

  const decide = (targets: readonly CallPart[], word: Decision) => {
    focusCall(pendingCalls.find((call) => !targets.includes(call)));
    chat.decide(
      id,
      targets.map((call) => call.id),
      word,
    );
  };

  return (
    <section ref={box} className="approval" aria-label="Waiting for your permission">
      <header>
        <Shield />
        <p>
          {calls.length === 1
            ? "The assistant would like to make this call. It waits for you."
            : `The assistant would like to make these ${calls.length} calls. They wait for you.`}
        </p>
      </header>
      {calls.map((call) => (
        <ApprovalCard
          key={call.id}
          call={call}
          isUndecided={pendingCalls.includes(call)}
          onDecide={(word) => decide([call], word)}
        />
      ))}
      {isExpired && (
        <p className="approval-late" role="status">
          It is too late to answer: the time for it has run out.
        </p>
      )}
      {pendingCalls.length > 1 && (
        <footer>
          <ApprovalButtons
            subject={`all ${formatCount(pendingCalls.length, "call")}`}
            isForAll
            isDangerous={pendingCalls.some(({ method }) => method?.toUpperCase() === "DELETE")}
            onDecide={(word) => decide(pendingCalls, word)}
          />
        </footer>
      )}
    </section>
  );
}
