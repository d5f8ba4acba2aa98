import { memo } from "react";
import { escapeInvisible } from "../escape.ts";
import { formatNumber, t } from "../language/language.ts";
import { type Column, type Sort, toCellText, valueAt } from "./table-data.ts";

interface HeaderRowProps {
  readonly columns: readonly Column[];
  readonly sort: Sort | undefined;
  readonly onSort: (sort: Sort | undefined) => void;
}

/** The names of the columns. Each is a button that sorts up, then down, then not at all. */
export function HeaderRow({ columns, sort, onSort }: HeaderRowProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows of a table element cannot be positioned.
    // biome-ignore lint/a11y/useFocusableInteractive: only its buttons are interactive.
    <div className="grid-row grid-header" role="row" aria-rowindex={1}>
      <span className="grid-number" />
      {columns.map(({ name, isNumeric }, at) => {
        const direction = sort?.column === name ? (sort.isDescending ? "descending" : "ascending") : "none";
        return (
          // biome-ignore lint/a11y/useSemanticElements: as above.
          // biome-ignore lint/a11y/useFocusableInteractive: as above.
          <span
            key={name}
            className={`grid-cell${isNumeric ? " grid-numeric" : ""}${direction === "none" ? "" : " grid-sorted"}`}
            role="columnheader"
            aria-colindex={at + 2}
            aria-sort={direction}
          >
            <button type="button" title={name} onClick={() => onSort(nextSort(name, sort))}>
              <span>{escapeInvisible(name)}</span>
              <span className="grid-arrow" aria-hidden="true">
                {direction === "none" ? "" : direction === "ascending" ? "↑" : "↓"}
              </span>
            </button>
          </span>
        );
      })}
    </div>
  );
}

function nextSort(column: string, sort: Sort | undefined): Sort | undefined {
  if (sort?.column !== column) return { column, isDescending: false };
  return sort.isDescending ? undefined : { column, isDescending: true };
}

/** Characters of a cell that are in the document. The tree has the rest. */
const MAX_CELL = 300;

interface TableRowProps {
  readonly row: unknown;
  readonly index: number;
  readonly columns: readonly Column[];
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

/** One row. The button with its number shows the whole record. */
export const TableRow = memo(
  function TableRow({ row, index, columns, isSelected, onSelect }: TableRowProps) {
    return (
      // biome-ignore lint/a11y/useSemanticElements: the rows of a table element cannot be positioned.
      // biome-ignore lint/a11y/useFocusableInteractive: only its button is interactive.
      <div
        className={isSelected ? "grid-row grid-selected" : "grid-row"}
        role="row"
        aria-rowindex={index + 2}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
        <span className="grid-number" role="rowheader">
          <button
            type="button"
            aria-label={t("result.showRow", { row: index + 1 })}
            aria-expanded={isSelected}
            onClick={onSelect}
          >
            {formatNumber(index + 1)}
          </button>
        </span>
        {columns.map(({ name, isNumeric }) => {
          const value = valueAt(row, name);
          const text = escapeInvisible(toCellText(value).slice(0, MAX_CELL));
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above.
            <span
              key={name}
              className={isNumeric ? "grid-cell grid-numeric" : "grid-cell"}
              role="cell"
              dir={typeof value === "string" ? "auto" : undefined}
              title={text}
            >
              {value === null ? <i className="json-literal">null</i> : text}
            </span>
          );
        })}
      </div>
    );
  },
  (before, after) =>
    before.row === after.row &&
    before.index === after.index &&
    before.columns === after.columns &&
    before.isSelected === after.isSelected,
);
