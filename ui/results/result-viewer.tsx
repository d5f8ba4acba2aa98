import { useEffect, useMemo, useRef, useState } from "react";
import { useKeptState } from "../browser/use-kept-state.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import type { CallPart } from "../state/types.ts";
import { type ResultContent, readContent } from "./content.ts";
import { FullScreen } from "./full-screen.tsx";
import { RawView } from "./raw-view.tsx";
import { ResultTabs, type ResultView } from "./result-tabs.tsx";
import { TableView } from "./table-view.tsx";
import { TreeView } from "./tree-view.tsx";
import { useWholeResult } from "./use-whole-result.ts";

/** The result of a call as a table, a tree or text. A result that the page has only the beginning of is loaded. */
export function ResultViewer({ call }: { call: CallPart }) {
  const session = useChatState((state) => state.session?.id);
  const preview = typeof call.result === "string" ? call.result : "";
  const isWhole = call.wholeLength === undefined;
  const whole = useWholeResult(isWhole || session === undefined ? undefined : { session, call: call.id });
  const content = useMemo(
    () => (isWhole ? readContent(preview) : whole.status === "loaded" ? whole.content : undefined),
    [isWhole, preview, whole],
  );
  if (content !== undefined) return <LoadedResult call={call} content={content} />;
  if (whole.status === "failed")
    return (
      <div className="result-notice" role="alert">
        <p>{whole.message}</p>
        <button type="button" className="text-button" onClick={whole.retry}>
          {t("tryAgain")}
        </button>
      </div>
    );
  const share = whole.status === "loading" ? whole.share : 0;
  return (
    <div className="result-notice">
      <p>{t("result.loading", { count: call.wholeLength ?? 0 })}</p>
      <progress value={share} max={1} aria-label={t("result.loaded")} />
    </div>
  );
}

interface LoadedResultProps {
  readonly call: CallPart;
  readonly content: ResultContent;
}

function LoadedResult({ call, content }: LoadedResultProps) {
  const { head, body, value } = content;
  const isJson = value !== undefined;
  const initialView: ResultView = !isJson ? "raw" : isTabular(value) ? "table" : "tree";
  const [view, setView] = useKeptState<ResultView>(`result view ${call.id}`, initialView);
  const [isFull, setIsFull] = useState(false);
  const section = useRef<HTMLElement>(null);

  // The control that had the focus has moved to the other place.
  useEffect(() => {
    if (isFull) section.current?.querySelector<HTMLElement>(".result-views [aria-pressed=true]")?.focus();
  }, [isFull]);

  const viewer = (
    <section
      ref={section}
      className={isFull ? "result result-full" : "result"}
      aria-label={t("result.title")}
    >
      <ResultTabs
        name={call.name}
        content={content}
        view={view}
        onView={setView}
        isFull={isFull}
        onFull={() => setIsFull(!isFull)}
      />
      {head.length > 0 && <p className="readable-head">{head.join("\n")}</p>}
      {view === "table" && isJson && <TableView name={call.name} callId={call.id} value={value} />}
      {view === "tree" && isJson && <TreeView value={value} />}
      {(view === "raw" || !isJson) && <RawView body={body} isJson={isJson} />}
    </section>
  );
  if (!isFull) return viewer;
  return (
    <FullScreen label={t("result.title")} onClose={() => setIsFull(false)}>
      {viewer}
    </FullScreen>
  );
}

/** Lists, and envelopes around them, are read best as tables. A record is read best as a tree. */
function isTabular(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  const record: Readonly<Record<string, unknown>> = Object(value);
  return (
    !("id" in record) && Object.values(record).some((member) => Array.isArray(member) && member.length > 0)
  );
}
