import { useLayoutEffect, useRef } from "react";
import { focusComposer, isTyping } from "../browser/focus.ts";
import { useIsPast } from "../browser/use-is-past.ts";
import type { Decision } from "../chat-actions.ts";
import { useChat } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { undecidedCalls } from "../state/approval.ts";
import type { CallPart } from "../state/types.ts";
import { ApprovalButtons } from "./approval-buttons.tsx";
import { ApprovalCard, isDangerous } from "./approval-card.tsx";
import { ApprovalTable, fitsTable } from "./approval-table.tsx";
import { Shield } from "./icons.tsx";

/** Calls that need the user's approval, with the buttons to decide on them. Several calls of one tool are a table. */
export function Approval({ id, calls }: { id: string; calls: readonly CallPart[] }) {
  const chat = useChat();
  const box = useRef<HTMLElement>(null);
  const isExpired = useIsPast(calls[0]?.approval?.expiresAt ?? "");
  const pendingCalls = isExpired ? [] : undecidedCalls(calls);
  const groups = [...Map.groupBy(calls, ({ name }) => name).values()].flatMap((group) =>
    fitsTable(group) ? [group] : group.map((call) => [call]),
  );

  const focusCall = (call: CallPart | undefined) => {
    const title = box.current && call && findTitle(box.current, groups, call);
    if (title) title.focus();
    else focusComposer();
  };
  // Read once, when the request appears: again after the user has changed a call, whose form had the focus.
  const start = useRef(() => {
    const changed = calls.find(({ approval }) => approval?.edit?.status === "done");
    if (changed !== undefined) focusCall(changed);
    else if (!isTyping()) focusCall(calls[0]);
  });

  useLayoutEffect(() => {
    const section = box.current;
    start.current();
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
      {groups.map((group) => (
        <CallsOfOneKind
          key={group.length > 1 ? `table ${group[0]?.name}` : group[0]?.id}
          calls={group}
          undecided={group.filter((call) => pendingCalls.includes(call))}
          onDecide={decide}
        />
      ))}
      {isExpired && (
        <p className="approval-expired" role="status">
          {t("approval.expired")}
        </p>
      )}
      {groups.length > 1 && pendingCalls.length > 1 && (
        <footer>
          <ApprovalButtons
            subject={t("approval.all", { count: pendingCalls.length })}
            texts={{ allow: t("approval.allowAll"), deny: t("approval.denyAll") }}
            isDangerous={pendingCalls.some(isDangerous)}
            onDecide={(decision) => decide(pendingCalls, decision)}
          />
        </footer>
      )}
    </section>
  );
}

interface CallsOfOneKindProps {
  readonly calls: readonly CallPart[];
  readonly undecided: readonly CallPart[];
  readonly onDecide: (calls: readonly CallPart[], decision: Decision) => void;
}

function CallsOfOneKind({ calls, undecided, onDecide }: CallsOfOneKindProps) {
  const [first] = calls;
  if (first === undefined) return null;
  if (calls.length > 1) return <ApprovalTable calls={calls} undecided={undecided} onDecide={onDecide} />;
  return (
    <ApprovalCard
      call={first}
      isUndecided={undecided.includes(first)}
      onDecide={(decision) => onDecide([first], decision)}
    />
  );
}

/** Returns the title of the card or of the table that has the call. */
function findTitle(box: HTMLElement, groups: readonly (readonly CallPart[])[], call: CallPart) {
  const [first] = groups.find((group) => group.some(({ id }) => id === call.id)) ?? [];
  const titles = [...box.querySelectorAll<HTMLElement>(".approval-title")];
  return titles.find(({ dataset }) => dataset.call === first?.id);
}
