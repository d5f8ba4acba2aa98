import type { ReactNode } from "react";
import type { AlignType } from "../nodes.ts";
import type { Order } from "./cells.ts";

interface HeadCellProps {
  readonly align: AlignType;
  readonly column: number;
  readonly order: Order | undefined;
  /** Undefined if the table cannot be sorted. */
  readonly onSort: ((order: Order | undefined) => void) | undefined;
  readonly children: ReactNode;
}

/** The head of a column. A click sorts by it: ascending, descending, and as written. */
export function HeadCell({ align, column, order, onSort, children }: HeadCellProps) {
  const direction = order?.column === column ? order.direction : undefined;
  return (
    <th dir="auto" scope="col" data-align={align ?? undefined} aria-sort={direction}>
      {onSort === undefined ? (
        children
      ) : (
        <button type="button" className="sort-button" onClick={() => onSort(nextOrder(column, direction))}>
          {children}
          <span className="sort-mark" aria-hidden="true">
            {direction === undefined ? "↕" : direction === "ascending" ? "↑" : "↓"}
          </span>
        </button>
      )}
    </th>
  );
}

function nextOrder(column: number, direction: Order["direction"] | undefined): Order | undefined {
  if (direction === "descending") return undefined;
  return { column, direction: direction === undefined ? "ascending" : "descending" };
}
