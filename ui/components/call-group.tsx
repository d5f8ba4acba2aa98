import { useKeptState } from "../browser/use-kept-state.ts";
import { summarizeCalls } from "../call-outcome.ts";
import { describeCall } from "../call-sentence.ts";
import { formatDuration } from "../format.ts";
import { t } from "../language/language.ts";
import type { CallPart } from "../state/types.ts";
import { CallCard } from "./call-card.tsx";
import { Chevron } from "./icons.tsx";

/** Consecutive calls. Several are one line as soon as all have ended and the reply goes on. */
export function CallGroup({ calls, isLast }: { calls: readonly CallPart[]; isLast: boolean }) {
  const [first] = calls;
  const [isOpen, setIsOpen] = useKeptState(`calls ${first?.id}`, false);
  const cards = calls.map((call) => <CallCard key={call.id} call={call} />);
  const isOver = calls.every(({ status }) => status !== "running" && status !== "waiting");
  if (calls.length < 2 || isLast || !isOver) return <div className="calls">{cards}</div>;
  return (
    <details
      className="calls call-fold"
      open={isOpen}
      onToggle={(event) => {
        // The events of inner cards arrive here too.
        if (event.target === event.currentTarget) setIsOpen(event.currentTarget.open);
      }}
    >
      <summary>
        <span className="call-chevron">
          <Chevron />
        </span>
        <span className="call-line" dir="auto">
          {summarizeCalls(calls)}
          <span className="call-rest">
            {[...new Set(calls.map(describeCall))].join(t("count.separator"))}
          </span>
        </span>
        <span className="call-outcome">
          <span className="call-text">{formatDuration(totalDuration(calls))}</span>
        </span>
      </summary>
      {isOpen && cards}
    </details>
  );
}

function totalDuration(calls: readonly CallPart[]): number {
  return calls.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0);
}
