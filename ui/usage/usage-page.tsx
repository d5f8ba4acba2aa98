import { useState } from "react";
import { addStyle } from "../browser/add-style.ts";
import { Cross, Download } from "../components/icons.tsx";
import { t } from "../language/language.ts";
import { FullScreen } from "../results/full-screen.tsx";
import style from "../styles/usage.css" with { type: "text" };
import { lastDays } from "./days.ts";
import { resolveCsvUrl } from "./usage-client.ts";
import { UsageDays } from "./usage-days.tsx";
import { UsageTables } from "./usage-tables.tsx";
import { UsageTiles } from "./usage-tiles.tsx";
import { useOverview } from "./use-overview.ts";

addStyle(style);

const PERIODS = [7, 30, 90] as const;

/** What everyone has used, over the whole page. For administrators. */
export default function UsagePage({ onClose }: { onClose: () => void }) {
  const [period, setPeriod] = useState<number>(30);
  const [now] = useState(Date.now);
  const days = lastDays(period, now);
  const since = days[0] ?? "";
  const { overview, isLoading, problem, retry } = useOverview(since);
  return (
    <FullScreen label={t("usage.title")} onClose={onClose}>
      <div className="usage-page" aria-busy={isLoading}>
        <header className="usage-header">
          <h1>{t("usage.title")}</h1>
          <select
            className="field"
            aria-label={t("usage.period")}
            value={period}
            onChange={(event) => setPeriod(Number(event.target.value))}
          >
            {PERIODS.map((count) => (
              <option key={count} value={count}>
                {t("usage.lastDays", { count })}
              </option>
            ))}
          </select>
          <a className="button" href={resolveCsvUrl(since)} download={`usage-${since}.csv`}>
            <Download />
            <span>CSV</span>
          </a>
          <button
            type="button"
            className="icon-button"
            aria-label={t("usage.close")}
            title={t("usage.close")}
            onClick={onClose}
          >
            <Cross />
          </button>
        </header>
        {problem !== undefined && (
          <div className="usage-problem" role="alert">
            <p>{problem}</p>
            <button type="button" className="text-button" onClick={retry}>
              {t("usage.retry")}
            </button>
          </div>
        )}
        {overview === undefined && problem === undefined && (
          <p className="usage-empty">{t("usage.loading")}</p>
        )}
        {overview !== undefined && (
          <>
            <UsageTiles total={overview.total} />
            <UsageDays days={days} overview={overview} />
            <UsageTables overview={overview} />
            <p className="usage-empty">{t("usage.note")}</p>
          </>
        )}
      </div>
    </FullScreen>
  );
}
