import { lazy, Suspense } from "react";
import { t } from "../language/language.ts";
import type { CallPart } from "../state/types.ts";
import { CallGroup } from "./call-group.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";

const ChartView = lazy(() => import("../charts/chart-view.tsx"));

/** A chart in a reply. What draws it is loaded with the first one. A chart that cannot be drawn is a call like others. */
export function ChartFigure({ call }: { call: CallPart }) {
  return (
    <ErrorBoundary fallback={<CallGroup calls={[call]} isLast={false} />}>
      <Suspense fallback={<div className="chart chart-loading" role="img" aria-label={t("chart.loading")} />}>
        <ChartView call={call} />
      </Suspense>
    </ErrorBoundary>
  );
}
