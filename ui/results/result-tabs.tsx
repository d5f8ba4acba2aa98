import { saveFile } from "../browser/save-file.ts";
import { CopyButton } from "../components/copy-button.tsx";
import { Download } from "../components/icons.tsx";
import { t } from "../language/language.ts";
import type { ResultContent } from "./content.ts";
import { Collapse, Expand } from "./icons.tsx";

export type ResultView = "table" | "tree" | "raw";

interface ResultTabsProps {
  /** The name of downloads, without an extension. */
  readonly name: string;
  readonly content: ResultContent;
  readonly view: ResultView;
  readonly onView: (view: ResultView) => void;
  readonly isFull: boolean;
  readonly onFull: () => void;
}

const VIEWS = ["table", "tree", "raw"] as const;

/** The buttons above a result: its views, copy, download and full screen. */
export function ResultTabs({ name, content, view, onView, isFull, onFull }: ResultTabsProps) {
  const { body, value } = content;
  const isJson = value !== undefined;
  const save = () =>
    isJson ? saveFile(`${name}.json`, "application/json", body) : saveFile(`${name}.txt`, "text/plain", body);
  const fullLabel = t(isFull ? "result.leaveFullScreen" : "result.fullScreen");
  const saveLabel = t(isJson ? "result.downloadJson" : "result.downloadText");
  return (
    <header className="result-bar">
      {isJson ? (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a bar in all browsers.
        <div className="result-views" role="group" aria-label={t("result.views")}>
          {VIEWS.map((id) => (
            <button key={id} type="button" aria-pressed={view === id} onClick={() => onView(id)}>
              {t(`result.${id}`)}
            </button>
          ))}
        </div>
      ) : (
        <h4>{t("result.title")}</h4>
      )}
      <div className="result-actions">
        {(view !== "table" || !isJson) && <CopyButton label={t("result.copy")} text={() => body} />}
        <button type="button" className="icon-button" aria-label={saveLabel} title={saveLabel} onClick={save}>
          <Download />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={fullLabel}
          title={fullLabel}
          aria-pressed={isFull}
          onClick={onFull}
        >
          {isFull ? <Collapse /> : <Expand />}
        </button>
      </div>
    </header>
  );
}
