import { memo, useMemo, useRef, useState } from "react";
import { saveFile } from "../../browser/save-file.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Download } from "../../components/icons.tsx";
import { toCsv, toTabs } from "../../csv.ts";
import { t } from "../../language/language.ts";
import { renderInline } from "../inline.tsx";
import type { AlignType, Table, TableRow } from "../nodes.ts";
import { cellText, countColumns, isNumeric, type Order, sortRows, toGrid } from "./cells.ts";
import { HeadCell } from "./head-cell.tsx";
import { useHiddenEdges } from "./use-hidden-edges.ts";

/** Cells with at most this many characters do not wrap. */
const SHORT = 28;

interface TableBlockProps {
  readonly table: Table;
  /** More rows may follow: its end stays visible, and it cannot be sorted yet. */
  readonly isGrowing: boolean;
}

/** A table whose rows can be sorted, copied and saved. */
export function TableBlock({ table, isGrowing }: TableBlockProps) {
  const [head, ...rows] = table.children;
  const columns = countColumns(table);
  const [order, setOrder] = useState<Order | undefined>();
  const scroller = useRef<HTMLElement>(null);
  useHiddenEdges(scroller);
  const aligns = useAligns(table, rows, columns);
  const shown = order === undefined ? rows : sortRows(rows, order);
  const readGrid = () => toGrid(head, shown, columns);
  return (
    <div className="table-block">
      <section
        className={isGrowing ? "table-scroll table-growing" : "table-scroll"}
        aria-label={t("text.table")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be scrollable with the keyboard.
        tabIndex={0}
        ref={scroller}
      >
        <table>
          <thead>
            <tr>
              {aligns.map((align, column) => (
                <HeadCell
                  key={column}
                  align={align}
                  column={column}
                  order={order}
                  onSort={isGrowing || rows.length < 2 ? undefined : setOrder}
                >
                  {renderInline(head?.children[column]?.children ?? [])}
                </HeadCell>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <Row key={index} row={row} aligns={aligns} />
            ))}
          </tbody>
        </table>
      </section>
      {!isGrowing && rows.length > 0 && (
        <footer className="table-footer">
          <span>{t("count.rows", { count: rows.length })}</span>
          <CopyButton label={t("text.copyTable")} text={() => toTabs(readGrid())} />
          <button
            type="button"
            className="icon-button"
            title={t("result.downloadCsv")}
            aria-label={t("result.downloadCsv")}
            onClick={() => saveFile("table.csv", "text/csv", toCsv(readGrid()))}
          >
            <Download />
          </button>
        </footer>
      )}
    </div>
  );
}

/** Returns the alignment of each column: that of the text, or right for numbers. The value changes only with its content. */
function useAligns(table: Table, rows: readonly TableRow[], columns: number): readonly AlignType[] {
  const aligns = Array.from(
    { length: columns },
    (_, column) => table.align?.[column] ?? (isNumeric(rows, column) ? "right" : null),
  );
  return useMemo(() => aligns, [aligns.join()]);
}

const Row = memo(function Row({ row, aligns }: { row: TableRow; aligns: readonly AlignType[] }) {
  return (
    <tr>
      {aligns.map((align, column) => (
        <td
          key={column}
          dir="auto"
          data-align={align ?? undefined}
          className={cellText(row, column).length <= SHORT ? "short" : undefined}
        >
          {renderInline(row.children[column]?.children ?? [])}
        </td>
      ))}
    </tr>
  );
});
