/** Writes tables for spreadsheets. */
import { type Column, toCellText, valueAt } from "./table-data.ts";

/** Starts the file, so that Excel reads it as UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";

/** Returns a CSV file (RFC 4180) of the rows, with a header. Cells that a spreadsheet would run as a formula are texts. */
export function toCsv(columns: readonly Pick<Column, "name">[], rows: readonly unknown[]): string {
  return `${BYTE_ORDER_MARK}${toLines(columns, rows, ",", quote).join("\r\n")}\r\n`;
}

/** Returns the rows separated by tabs, as spreadsheets paste them. */
export function toTabSeparated(columns: readonly Pick<Column, "name">[], rows: readonly unknown[]): string {
  return toLines(columns, rows, "\t", (text) => text.replace(/[\t\r\n]+/g, " ")).join("\n");
}

function toLines(
  columns: readonly Pick<Column, "name">[],
  rows: readonly unknown[],
  separator: string,
  encode: (text: string) => string,
): readonly string[] {
  const header = columns.map(({ name }) => encode(toSafeText(name))).join(separator);
  const lines = rows.map((row) =>
    columns.map(({ name }) => encode(toSafeText(valueAt(row, name)))).join(separator),
  );
  return [header, ...lines];
}

/** Characters that begin a formula in spreadsheets, also in their wide forms: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[\s"']*[=+\-@\t\r＝＋－＠]/;

/** A text that is a number is one, whatever its sign. */
const NUMBER = /^[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?$/;

function toSafeText(value: unknown): string {
  const text = toCellText(value);
  return typeof value === "string" && FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

function quote(text: string): string {
  return /[",;\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
