import type { UsageOverview } from "../../src/telemetry/usage/overview.ts";
import { t } from "../language/language.ts";
import { formatDay } from "./days.ts";
import { formatCost, formatShort } from "./figures.ts";

interface UsageDaysProps {
  readonly days: readonly string[];
  readonly overview: UsageOverview;
}

/** The turns of each day as bars. The part without an answer has its own colour. */
export function UsageDays({ days, overview }: UsageDaysProps) {
  const figures = new Map(overview.days.map((row) => [row.name, row]));
  const largest = Math.max(1, ...overview.days.map(({ turns }) => turns));
  const height = (turns: number) => ({ height: `${(turns / largest) * 100}%` });
  return (
    <figure className="usage-days">
      <figcaption>
        {t("usage.dayTitle", { largest: formatShort(largest) })}
        <span className="usage-legend">{t("usage.unanswered")}</span>
      </figcaption>
      <ol>
        {days.map((day) => {
          const row = figures.get(day);
          const { turns = 0, unansweredTurns = 0 } = row ?? {};
          const cost = formatCost(row ?? { costUsd: 0 });
          const label = t("usage.day", { day: formatDay(day), turns, unanswered: unansweredTurns, cost });
          return (
            <li key={day} title={label}>
              <span className="visually-hidden">{label}</span>
              <span className="usage-bar" style={height(turns)}>
                <span style={{ height: turns === 0 ? 0 : `${(unansweredTurns / turns) * 100}%` }} />
              </span>
            </li>
          );
        })}
      </ol>
      <div className="usage-range" aria-hidden="true">
        <span>{formatDay(days[0] ?? "")}</span>
        <span>{formatDay(days.at(-1) ?? "")}</span>
      </div>
    </figure>
  );
}
