import { useEffect, useRef, useState } from "react";
import { focusComposer } from "../browser/focus.ts";
import { fetchTool } from "../browser/tools-client.ts";
import { useChat } from "../chat-context.tsx";
import { openOverlay } from "../commands/overlay.ts";
import { ChevronLeft } from "../components/icons.tsx";
import { escapeInvisible } from "../escape.ts";
import { printExact } from "../json/exact.ts";
import { t } from "../language/language.ts";
import type { ToolDetailFrame, ToolFrame } from "../protocol.ts";
import { DryRun } from "./dry-run.tsx";

/** One tool: what it does, whether it asks, its schema, and a call that is not sent. */
export function ToolDetail({ tool, onBack }: { tool: ToolFrame; onBack: () => void }) {
  const chat = useChat();
  const heading = useRef<HTMLHeadingElement>(null);
  const detail = useDetail(tool.name);
  const { name, method, path, source, read_only: isReadOnly, needs_approval: needsApproval } = tool;
  const summary = escapeInvisible(tool.summary ?? name);

  useEffect(() => heading.current?.focus(), []);

  return (
    <section className="tools-detail" aria-label={summary}>
      <button type="button" className="text-button tools-back" onClick={onBack}>
        <ChevronLeft />
        {t("tools.title")}
      </button>
      <h3 dir="auto" tabIndex={-1} ref={heading}>
        {summary}
      </h3>
      <p className="approval-operation">
        {method !== undefined && (
          <span className={`method method-${method.toLowerCase()}`}>{method.toUpperCase()}</span>
        )}
        <code>{escapeInvisible(path ?? source ?? name)}</code>
      </p>
      <p className="tools-facts">
        <span>{t(isReadOnly ? "tools.reads" : "tools.changes")}</span>
        <span>{t(needsApproval ? "tools.asks" : "tools.runs")}</span>
        <code>{escapeInvisible(name)}</code>
      </p>
      <button
        type="button"
        className="button tools-ask"
        onClick={() => {
          openOverlay(undefined);
          chat.draft(t("tools.askText", { tool: name, summary }));
          setTimeout(focusComposer);
        }}
      >
        {t("tools.ask")}
      </button>
      {detail === "loading" && <p className="tools-note">{t("loading")}</p>}
      {detail === "failed" && (
        <p className="tools-note" role="alert">
          {t("tools.failed")}
        </p>
      )}
      {typeof detail === "object" && (
        <>
          <p className="tools-description" dir="auto">
            {escapeInvisible(detail.description)}
          </p>
          {method !== undefined && <DryRun tool={name} schema={detail.input_schema} />}
          <details className="approval-request">
            <summary>{t("tools.schema")}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard. */}
            <pre className="tools-schema" tabIndex={0}>
              {escapeInvisible(printExact(detail.input_schema))}
            </pre>
          </details>
        </>
      )}
    </section>
  );
}

function useDetail(name: string): ToolDetailFrame | "loading" | "failed" {
  const [detail, setDetail] = useState<ToolDetailFrame | "loading" | "failed">("loading");
  useEffect(() => {
    let isCurrent = true;
    const show = (found: typeof detail) => {
      if (isCurrent) setDetail(found);
    };
    fetchTool(name).then(show, () => show("failed"));
    return () => {
      isCurrent = false;
    };
  }, [name]);
  return detail;
}
