/** The texts and numbers in the cells of a table. */

import { textOf } from "../inline.tsx";
import type { Table, TableCell, TableRow } from "../nodes.ts";

const texts = new WeakMap<TableCell, string>();

export function cellText(row: TableRow, column: number): string {
  const cell = row.children[column];
  if (cell === undefined) return "";
  const text = texts.get(cell) ?? textOf(cell).trim();
  texts.set(cell, text);
  return text;
}

export function countColumns({ children: [head] }: Table): number {
  return head?.children.length ?? 0;
}

/** Returns whether a column has numbers, and no other text. */
export function isNumeric(rows: readonly TableRow[], column: number): boolean {
  const filled = rows.map((row) => cellText(row, column)).filter((text) => !EMPTY.test(text));
  return filled.length > 0 && filled.every((text) => NUMBER.test(text));
}

const EMPTY = /^[-–—]?$|^n\/a$/i;

/** A number with an optional sign, currency, unit or percent sign. */
const NUMBER =
  /^[-+−(]?\s?(?:[\p{Sc}]|[A-Z]{3}\s)?\s?[-+−]?\d[\d.,'’\u00a0\u202f ]*(?:\s?(?:%|\p{Sc}|[\p{L}°]{1,3}))?\)?$/u;

/** Returns the number of a text such as `$1,234.50`, or NaN. A comma or point before exactly three digits separates thousands. */
export function parseNumber(text: string): number {
  if (!NUMBER.test(text)) return Number.NaN;
  const digits = text.replace(/[^\d.,]/g, "").replace(/[.,]+$/, "");
  const at = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
  const mark = digits.charAt(at);
  const isDecimal = at >= 0 && !(digits.length - at === 4 && (mark === "," || digits.indexOf(mark) < at));
  const whole = (isDecimal ? digits.slice(0, at) : digits).replace(/[.,]/g, "");
  const value = Number(isDecimal ? `${whole}.${digits.slice(at + 1)}` : whole);
  return /^[-−(]|^\D*[-−]\d/.test(text) ? -value : value;
}

export interface Order {
  readonly column: number;
  readonly direction: "ascending" | "descending";
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Returns the rows in an order. Empty cells come last. */
export function sortRows(rows: readonly TableRow[], { column, direction }: Order): readonly TableRow[] {
  const sign = direction === "ascending" ? 1 : -1;
  const areNumbers = isNumeric(rows, column);
  return rows.toSorted((a, b) => {
    const [first, second] = [cellText(a, column), cellText(b, column)];
    if (EMPTY.test(first) || EMPTY.test(second))
      return Number(EMPTY.test(first)) - Number(EMPTY.test(second));
    return sign * (areNumbers ? parseNumber(first) - parseNumber(second) : collator.compare(first, second));
  });
}

/** Returns the texts of all cells, the head first. */
export function toGrid(
  head: TableRow | undefined,
  rows: readonly TableRow[],
  columns: number,
): readonly string[][] {
  const all = head === undefined ? rows : [head, ...rows];
  return all.map((row) => Array.from({ length: columns }, (_, column) => cellText(row, column)));
}
