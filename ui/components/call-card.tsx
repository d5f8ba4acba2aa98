import { lazy, memo, Suspense } from "react";
import { useKeptState } from "../browser/use-kept-state.ts";
import { formatCallLine } from "../call-line.ts";
import { describeOutcome } from "../call-outcome.ts";
import { describeCall } from "../call-sentence.ts";
import { t } from "../language/language.ts";
import type { CallPart } from "../state/types.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import { Check, Chevron, Cross } from "./icons.tsx";

const CallDetail = lazy(() => import("./call-detail.tsx"));

/** One API call: what it did in words, and on demand its request, arguments and result. */
export const CallCard = memo(function CallCard({ call }: { call: CallPart }) {
  const [open, setOpen] = useKeptState(`call ${call.id}`, false);
  const { values, path } = formatCallLine(call);
  return (
    <details
      className={`call call-${call.refused === undefined ? call.status : "refused"}`}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span className="call-chevron">
          <Chevron />
        </span>
        <span className="call-line" dir="auto" title={`${call.method?.toUpperCase() ?? ""} ${path}`.trim()}>
          {describeCall(call)}
          {values !== "" && <span className="call-rest">{values}</span>}
        </span>
        <span className="call-outcome">
          <Outcome call={call} />
        </span>
      </summary>
      {open && (
        <div className="call-body">
          <ErrorBoundary fallback={<p className="result-notice">{t("call.detailsFailed")}</p>}>
            <Suspense fallback={<p className="result-notice">{t("loading")}</p>}>
              <CallDetail call={call} />
            </Suspense>
          </ErrorBoundary>
        </div>
      )}
    </details>
  );
});

const MARKS = { ok: "call.succeeded", failed: "call.failed", refused: "call.refused" } as const;

function Outcome({ call }: { call: CallPart }) {
  const outcome = describeOutcome(call);
  if (call.status === "running" && outcome === "")
    return <span className="spinner" role="img" aria-label={t("call.running")} />;
  const end = call.refused === undefined ? call.status : "refused";
  return (
    <>
      {outcome !== "" && <span className="call-text">{outcome}</span>}
      {(end === "ok" || end === "failed" || end === "refused") && (
        <span className="call-mark" role="img" aria-label={t(MARKS[end])}>
          {end === "ok" ? <Check /> : <Cross />}
        </span>
      )}
    </>
  );
}
