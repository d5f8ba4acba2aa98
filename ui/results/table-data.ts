/** The cells of a table: its columns, their texts, their order. Pure. */

import { printCompact } from "../json/exact.ts";
import { currentLocale } from "../language/language.ts";
import { isRecord } from "./lists.ts";

export interface Column {
  readonly name: string;
  /** The values are numbers, which align at the right. */
  readonly isNumeric: boolean;
  /** Characters of the widest of the first cells. */
  readonly width: number;
}

export interface Sort {
  readonly column: string;
  readonly isDescending: boolean;
}

/** Rows at the beginning and at the end that decide on the columns and their widths. */
const SAMPLE = 300;
const MAX_COLUMNS = 200;
const [MIN_WIDTH, MAX_WIDTH] = [4, 44];

/** The column of rows that are no objects. */
const ONLY_COLUMN = "value";

export function listColumns(rows: readonly unknown[]): readonly Column[] {
  const sample = [...rows.slice(0, SAMPLE), ...rows.slice(Math.max(SAMPLE, rows.length - SAMPLE))];
  const names = new Set(sample.flatMap(namesOf));
  return [...names].slice(0, MAX_COLUMNS).map((name) => {
    const values = sample.map((row) => valueAt(row, name)).filter((value) => value != null);
    const isNumeric =
      values.length > 0 && values.every((value) => typeof value === "number" || typeof value === "bigint");
    const longest = values.reduce<number>(
      (most, value) => Math.max(most, toCellText(value).length),
      name.length + 2,
    );
    return { name, isNumeric, width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, longest)) };
  });
}

function namesOf(row: unknown): readonly string[] {
  if (Array.isArray(row)) return row.map((_, index) => String(index + 1));
  return isRecord(row) ? Object.keys(row) : [ONLY_COLUMN];
}

export function valueAt(row: unknown, column: string): unknown {
  if (Array.isArray(row)) return row[Number(column) - 1];
  if (isRecord(row)) return Object.hasOwn(row, column) ? row[column] : undefined;
  return column === ONLY_COLUMN ? row : undefined;
}

/** Levels of a cell that is an object or a list. */
const CELL_DEPTH = 20;

/** Returns the text of a cell. Objects and lists are JSON on one line. */
export function toCellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? printCompact(value, CELL_DEPTH) : String(value);
}

/** Returns the texts of all cells, below the names of the columns. */
export function toGrid(columns: readonly Column[], rows: readonly unknown[]): readonly string[][] {
  return [
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map(({ name }) => toCellText(valueAt(row, name)))),
  ];
}

/** Returns the rows that contain a text in one of the columns, ignoring case. */
export function filterRows(
  rows: readonly unknown[],
  columns: readonly Column[],
  text: string,
): readonly unknown[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return rows;
  return rows.filter((row) =>
    columns.some(({ name }) => toCellText(valueAt(row, name)).toLowerCase().includes(wanted)),
  );
}

/** Returns the rows in the order of a column: numbers by value, texts as people sort them. Rows without a value come last. */
export function sortRows(rows: readonly unknown[], sort: Sort | undefined): readonly unknown[] {
  if (sort === undefined) return rows;
  const sign = sort.isDescending ? -1 : 1;
  const collator = new Intl.Collator(currentLocale(), { numeric: true, sensitivity: "base" });
  return rows
    .map((row) => ({ row, value: valueAt(row, sort.column) }))
    .toSorted((one, other) => compareWithGaps(one.value, other.value, sign, collator))
    .map(({ row }) => row);
}

function compareWithGaps(one: unknown, other: unknown, sign: number, collator: Intl.Collator): number {
  const [isGap, isOtherGap] = [one == null, other == null];
  if (isGap || isOtherGap) return Number(isGap) - Number(isOtherGap);
  return sign * compare(one, other, collator);
}

function compare(one: unknown, other: unknown, collator: Intl.Collator): number {
  if (isNumber(one) && isNumber(other)) return one < other ? -1 : one > other ? 1 : 0;
  return collator.compare(toCellText(one), toCellText(other));
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
