import { type RefObject, useMemo, useRef, useState } from "react";
import { saveFile } from "../browser/save-file.ts";
import { useChatState } from "../chat-context.tsx";
import { Download } from "../components/icons.tsx";
import { toCsv } from "../csv.ts";
import { escapeInvisible } from "../escape.ts";
import { t } from "../language/language.ts";
import { readContent } from "../results/content.ts";
import { listColumns, toGrid } from "../results/table-data.ts";
import { TableView } from "../results/table-view.tsx";
import { useWholeResult } from "../results/use-whole-result.ts";
import type { CallPart } from "../state/types.ts";
import { type ChartContent, describeChart, readChart, toRecords } from "./read-chart.ts";
import { savePicture } from "./save-picture.ts";
import { useChart } from "./use-chart.ts";

/** The chart that a call has made. Its data is loaded when the page has only its beginning. */
export default function ChartView({ call }: { call: CallPart }) {
  const session = useChatState((state) => state.session?.id);
  const isWhole = call.wholeLength === undefined;
  const whole = useWholeResult(isWhole || session === undefined ? undefined : { session, call: call.id });
  const value = useMemo(() => {
    if (isWhole) return readContent(String(call.result)).value;
    return whole.status === "loaded" ? whole.content.value : undefined;
  }, [isWhole, call.result, whole]);
  if (whole.status === "failed")
    return (
      <p className="result-notice" role="alert">
        {t("chart.gone")}
      </p>
    );
  if (!isWhole && value === undefined)
    return <div className="chart chart-loading" role="img" aria-label={t("chart.loading")} />;
  return <DrawnChart callId={call.id} value={value} />;
}

function DrawnChart({ callId, value }: { callId: string; value: unknown }) {
  const content = useMemo(() => readChart(value), [value]);
  const records = useMemo(() => toRecords(content), [content]);
  const [isTable, setIsTable] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { title } = content.spec;
  return (
    <figure className="chart">
      <figcaption>{escapeInvisible(title)}</figcaption>
      {isTable ? (
        <TableView name={toFileName(title)} callId={`chart ${callId}`} value={records} />
      ) : (
        <Canvas canvas={canvas} content={content} />
      )}
      <div className="chart-actions">
        <button
          type="button"
          className="text-button"
          aria-pressed={isTable}
          onClick={() => setIsTable(!isTable)}
        >
          {t(isTable ? "chart.showChart" : "chart.showTable")}
        </button>
        {!isTable && (
          <>
            <button
              type="button"
              className="text-button"
              onClick={() => canvas.current && savePicture(`${toFileName(title)}.png`, canvas.current)}
            >
              <Download />
              PNG
            </button>
            <button
              type="button"
              className="text-button"
              onClick={() =>
                saveFile(`${toFileName(title)}.csv`, "text/csv", toCsv(toGrid(listColumns(records), records)))
              }
            >
              <Download />
              CSV
            </button>
          </>
        )}
      </div>
    </figure>
  );
}

interface CanvasProps {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly content: ChartContent;
}

function Canvas({ canvas, content }: CanvasProps) {
  useChart(canvas, content);
  return (
    <div className="chart-canvas">
      <canvas ref={canvas} role="img" aria-label={escapeInvisible(describeChart(content))} />
    </div>
  );
}

/** Returns a title without characters that file names cannot have. */
function toFileName(title: string): string {
  return (
    title
      .replace(/[\p{C}\\/:*?"<>|]+/gu, " ")
      .trim()
      .slice(0, 80) || "chart"
  );
}
