import { type CSSProperties, useDeferredValue, useMemo, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import { useKeptState } from "../browser/use-kept-state.ts";
import { t } from "../language/language.ts";
import { findRows } from "./lists.ts";
import { TableBar } from "./table-bar.tsx";
import { type Column, filterRows, listColumns, type Sort, sortRows } from "./table-data.ts";
import { HeaderRow, TableRow } from "./table-row.tsx";
import { TreeView } from "./tree-view.tsx";
import "./style.ts";

/** Pixels of a row, as in results.css. */
const ROW_HEIGHT = 32;
/** Pixels of a character and of the padding of a cell. */
const [CHARACTER, PADDING] = [7.6, 26];

interface TableViewProps {
  readonly name: string;
  readonly callId: string;
  readonly value: unknown;
}

/** The lists of a result as tables that are sorted, filtered and saved. Only the visible rows are in the document. */
export function TableView({ name, callId, value }: TableViewProps) {
  const lists = useMemo(() => findRows(value), [value]);
  const [path, setPath] = useKeptState(`result list ${callId}`, "");
  const list = lists.find((one) => one.path === path) ?? lists[0];
  const { rows } = list;
  const columns = useMemo(() => listColumns(rows), [rows]);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [filter, setFilter] = useKeptState(`result filter ${callId}`, "");
  const [sort, setSort] = useKeptState<Sort | undefined>(`result sort ${callId}`, undefined);
  const [selected, setSelected] = useState<unknown>(undefined);
  const scroller = useRef<HTMLDivElement>(null);

  const shownColumns = useMemo(() => columns.filter((column) => !hidden.has(column.name)), [columns, hidden]);
  // Typing stays fast while the rows are filtered.
  const deferredFilter = useDeferredValue(filter);
  const sorted = useMemo(() => sortRows(rows, sort), [rows, sort]);
  const shownRows = useMemo(
    () => filterRows(sorted, shownColumns, deferredFilter),
    [sorted, shownColumns, deferredFilter],
  );

  return (
    <div className="result-table">
      <TableBar
        name={name}
        lists={lists}
        path={list.path}
        onPath={(next) => {
          setPath(next);
          setHidden(new Set());
          setSort(undefined);
          setSelected(undefined);
        }}
        columns={columns}
        hidden={hidden}
        onHidden={setHidden}
        filter={filter}
        onFilter={setFilter}
        shownColumns={shownColumns}
        shownRows={shownRows}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: the rows of a table element cannot be positioned. */}
      <div
        className="result-scroll result-grid"
        ref={scroller}
        role="table"
        aria-label={t("result.rows")}
        aria-rowcount={shownRows.length + 1}
        aria-colcount={shownColumns.length + 1}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard.
        tabIndex={0}
        style={gridStyle(shownColumns, rows.length)}
      >
        <div className="grid-canvas">
          <HeaderRow columns={shownColumns} sort={sort} onSort={setSort} />
          <Virtualizer data={shownRows} scrollRef={scroller} itemSize={ROW_HEIGHT} startMargin={ROW_HEIGHT}>
            {(row, index) => (
              <TableRow
                key={index}
                row={row}
                index={index}
                columns={shownColumns}
                isSelected={row === selected && selected !== undefined}
                onSelect={() => setSelected(row === selected ? undefined : row)}
              />
            )}
          </Virtualizer>
        </div>
      </div>
      {selected !== undefined && (
        <div className="result-record">
          <TreeView value={selected} />
        </div>
      )}
      <p className="result-count" role="status">
        {describeCount(shownRows.length, rows.length)} · {t("count.columns", { count: shownColumns.length })}
      </p>
    </div>
  );
}

function describeCount(shown: number, all: number): string {
  const rows = t("count.rows", { count: all });
  return shown === all ? rows : t("result.shown", { shown, rows });
}

function gridStyle(columns: readonly Column[], rows: number): CSSProperties {
  const numberWidth = String(rows).length * CHARACTER + PADDING;
  const widths = columns.map(({ width }) => Math.round(width * CHARACTER + PADDING));
  const total = widths.reduce((sum, width) => sum + width, numberWidth);
  const tracks = [`${Math.round(numberWidth)}px`, ...widths.map((width) => `minmax(${width}px, ${width}fr)`)];
  return { "--grid-tracks": tracks.join(" "), "--grid-width": `${Math.ceil(total)}px` } as CSSProperties;
}
