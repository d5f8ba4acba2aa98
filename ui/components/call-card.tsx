import { memo } from "react";
import { useKeptState } from "../browser/use-kept-state.ts";
import { formatCallLine } from "../call-line.ts";
import { formatDuration } from "../format.ts";
import type { CallPart } from "../state/types.ts";
import { FileLink } from "./file-link.tsx";
import { Check, Chevron, Cross } from "./icons.tsx";
import { ReadableView } from "./readable-view.tsx";
import { Sources } from "./sources.tsx";

/** One API call: its status, arguments and result. */
export const CallCard = memo(function CallCard({ call }: { call: CallPart }) {
  const [open, setOpen] = useKeptState(`call ${call.id}`, false);
  const method = call.method?.toUpperCase();
  const { path, rest } = formatCallLine(call);
  return (
    <details
      className={`call call-${call.status}`}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span className="call-chevron">
          <Chevron />
        </span>
        {method !== undefined && <span className={`method method-${method.toLowerCase()}`}>{method}</span>}
        <span className="call-line" title={call.name}>
          {path}
          {rest !== "" && <span className="call-rest">{rest}</span>}
        </span>
        <span className="call-outcome">
          <Outcome call={call} />
        </span>
      </summary>
      {open && (
        <div className="call-body">
          <p className="call-name">
            Tool <code>{call.name}</code>
          </p>
          <ReadableView title="Arguments" value={call.arguments} isCall />
          {call.file !== undefined && <FileLink file={call.file} />}
          <Sources result={call.result} />
          {call.result !== undefined && <ReadableView title="Result" value={call.result} />}
        </div>
      )}
    </details>
  );
});

function Outcome({ call }: { call: CallPart }) {
  if (call.status === "running" && call.approval?.decision === "denied") return <span>denied</span>;
  if (call.status === "running") return <span className="spinner" role="img" aria-label="Running" />;
  const time = call.durationMs === undefined ? "" : formatDuration(call.durationMs);
  return (
    <>
      {call.status === "unknown" && <span>no result</span>}
      {call.httpStatus !== undefined && <span className="call-http">{call.httpStatus}</span>}
      {time !== "" && <span className="call-time">{time}</span>}
      {call.status !== "unknown" && (
        <span className="call-mark" role="img" aria-label={call.status === "ok" ? "Succeeded" : "Failed"}>
          {call.status === "ok" ? <Check /> : <Cross />}
        </span>
      )}
    </>
  );
}
