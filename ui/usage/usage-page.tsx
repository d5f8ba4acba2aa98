import { useState } from "react";
import { Cross, Download } from "../components/icons.tsx";
import { FullScreen } from "../results/full-screen.tsx";
import { lastDays } from "./days.ts";
import { resolveCsvUrl } from "./usage-client.ts";
import { UsageDays } from "./usage-days.tsx";
import { UsageTables } from "./usage-tables.tsx";
import { UsageTiles } from "./usage-tiles.tsx";
import { useOverview } from "./use-overview.ts";

const PERIODS = [7, 30, 90] as const;

/** What everyone has used, over the whole page. For administrators. */
export default function UsagePage({ onClose }: { onClose: () => void }) {
  const [period, setPeriod] = useState<number>(30);
  const [now] = useState(Date.now);
  const days = lastDays(period, now);
  const since = days[0] ?? "";
  const { overview, isLoading, problem, retry } = useOverview(since);
  return (
    <FullScreen label="Usage" onClose={onClose}>
      <div className="usage-page" aria-busy={isLoading}>
        <header className="usage-header">
          <h1>Usage</h1>
          <select
            className="field"
            aria-label="Period"
            value={period}
            onChange={(event) => setPeriod(Number(event.target.value))}
          >
            {PERIODS.map((count) => (
              <option key={count} value={count}>
                Last {count} days
              </option>
            ))}
          </select>
          <a className="button" href={resolveCsvUrl(since)} download={`usage-${since}.csv`}>
            <Download />
            <span>CSV</span>
          </a>
          <button type="button" className="icon-button" aria-label="Close" title="Close" onClick={onClose}>
            <Cross />
          </button>
        </header>
        {problem !== undefined && (
          <div className="usage-problem" role="alert">
            <p>{problem}</p>
            <button type="button" className="text-button" onClick={retry}>
              Try again
            </button>
          </div>
        )}
        {overview === undefined && problem === undefined && <p className="usage-empty">Reading the store…</p>}
        {overview !== undefined && (
          <>
            <UsageTiles total={overview.total} />
            <UsageDays days={days} overview={overview} />
            <UsageTables overview={overview} />
            <p className="usage-empty">
              Days are those of UTC. Deleted conversations, and requests of clients that keep the history
              themselves, are not counted here; the metrics have them.
            </p>
          </>
        )}
      </div>
    </FullScreen>
  );
}
