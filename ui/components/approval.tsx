import { useLayoutEffect, useRef } from "react";
import { focusComposer, isTyping } from "../browser/focus.ts";
import { useIsPast } from "../browser/use-is-past.ts";
import type { Decision } from "../chat-actions.ts";
import { useChat } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { undecidedCalls } from "../state/approval.ts";
import type { CallPart } from "../state/types.ts";
import { ApprovalButtons } from "./approval-buttons.tsx";
import { ApprovalCard } from "./approval-card.tsx";
import { Shield } from "./icons.tsx";

/** Calls that need the user's approval, with the buttons to decide on them. */
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
    const section = box.current;
    const title = isTyping() ? null : section?.querySelector<HTMLElement>(".approval-title");
    title?.focus();
    return () => {
      // The focus must not get lost when the focused element is removed.
      if (section?.contains(document.activeElement)) focusComposer();
    };
  }, []);

  const decide = (targets: readonly CallPart[], decision: Decision) => {
    focusCall(pendingCalls.find((call) => !targets.includes(call)));
    chat.decide(
      id,
      targets.map((call) => call.id),
      decision,
    );
  };

  return (
    <section ref={box} className="approval" aria-label={t("approval.waiting")}>
      <header>
        <Shield />
        <p>{t("approval.wants", { count: calls.length })}</p>
      </header>
      {calls.map((call) => (
        <ApprovalCard
          key={call.id}
          call={call}
          isUndecided={pendingCalls.includes(call)}
          onDecide={(decision) => decide([call], decision)}
        />
      ))}
      {isExpired && (
        <p className="approval-expired" role="status">
          {t("approval.expired")}
        </p>
      )}
      {pendingCalls.length > 1 && (
        <footer>
          <ApprovalButtons
            subject={t("approval.all", { count: pendingCalls.length })}
            isForAll
            isDangerous={pendingCalls.some(({ method }) => method?.toUpperCase() === "DELETE")}
            onDecide={(decision) => decide(pendingCalls, decision)}
          />
        </footer>
      )}
    </section>
  );
}
