import { saveFile } from "../browser/save-file.ts";
import { CopyButton } from "../components/copy-button.tsx";
import { Download } from "../components/icons.tsx";
import { toCsv, toTabs } from "../csv.ts";
import { escapeInvisible } from "../escape.ts";
import { t } from "../language/language.ts";
import { Columns } from "./icons.tsx";
import type { FoundRows } from "./lists.ts";
import { type Column, toGrid } from "./table-data.ts";

interface TableBarProps {
  readonly name: string;
  readonly lists: readonly FoundRows[];
  readonly path: string;
  readonly onPath: (path: string) => void;
  readonly columns: readonly Column[];
  readonly hidden: ReadonlySet<string>;
  readonly onHidden: (hidden: ReadonlySet<string>) => void;
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
  readonly shownColumns: readonly Column[];
  readonly shownRows: readonly unknown[];
}

/** The controls of a table: list, filter, columns, copy and CSV. */
export function TableBar(props: TableBarProps) {
  const { name, lists, path, onPath, filter, onFilter, shownColumns, shownRows } = props;
  const saveCsv = () => saveFile(`${name}.csv`, "text/csv", toCsv(toGrid(shownColumns, shownRows)));
  return (
    <div className="table-bar">
      {lists.length > 1 && (
        <select
          className="field"
          aria-label={t("result.list")}
          value={path}
          onChange={({ currentTarget }) => onPath(currentTarget.value)}
        >
          {lists.map((list) => (
            <option key={list.path} value={list.path}>
              {escapeInvisible(list.path)}
            </option>
          ))}
        </select>
      )}
      <input
        type="search"
        className="field"
        aria-label={t("result.filter")}
        placeholder={t("result.filter")}
        value={filter}
        onChange={({ currentTarget }) => onFilter(currentTarget.value)}
      />
      <ColumnMenu {...props} />
      <CopyButton label={t("result.copyRows")} text={() => toTabs(toGrid(shownColumns, shownRows))} />
      <button type="button" className="button" onClick={saveCsv}>
        <Download />
        CSV
      </button>
    </div>
  );
}

/** The list of columns, each with a tick box. */
function ColumnMenu({ columns, hidden, onHidden }: TableBarProps) {
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    onHidden(next);
  };
  return (
    <details className="column-menu">
      <summary className="button" aria-label={t("result.chooseColumns")}>
        <Columns />
        <span>{t("result.columns")}</span>
      </summary>
      <div className="column-list">
        {columns.map(({ name }) => (
          <label key={name}>
            <input type="checkbox" checked={!hidden.has(name)} onChange={() => toggle(name)} />
            <span>{escapeInvisible(name)}</span>
          </label>
        ))}
      </div>
    </details>
  );
}
