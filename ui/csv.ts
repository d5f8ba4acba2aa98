/** Writes the texts of tables for spreadsheets. The head is the first row. */

/** Starts the file, so that Excel reads it as UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";

/** Returns a CSV file (RFC 4180). Cells that a spreadsheet would run as a formula begin with an apostrophe. */
export function toCsv(grid: readonly (readonly string[])[]): string {
  const lines = grid.map((row) => row.map((text) => quote(toSafeText(text))).join(","));
  return `${BYTE_ORDER_MARK}${lines.join("\r\n")}\r\n`;
}

/** Returns lines with tabs between the cells, as spreadsheets paste them. */
export function toTabs(grid: readonly (readonly string[])[]): string {
  return grid.map((row) => row.map((text) => toSafeText(text.replace(/\s+/g, " "))).join("\t")).join("\n");
}

/** Characters that begin a formula in spreadsheets, also in their wide forms: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[\s"']*[=+\-@\t\r＝＋－＠]/;

/** A number with a sign, or a sign alone, as for an empty cell. */
const NUMBER = /^[+-]?(\d+([.,]\d+)*([eE][+-]?\d+)?\s?%?)?$/;

function toSafeText(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

function quote(text: string): string {
  return /[",;\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
