/** Renders the manual as plain text for a terminal, without colour codes. */

/** Separators of table cells and rows between the callbacks of the renderer. */
const CELL = "\u001f";
const ROW = "\u001e";

/** Minimum width of the last column of a table, in characters. */
const MIN_COLUMN = 24;

/** Renders Markdown as text wrapped at `columns`. Code is indented and not wrapped. The text has no final line break. */
export function renderForTerminal(markdown: string, columns: number): string {
  const text = Bun.markdown.render(markdown, {
    heading: (title, { level }) => `\n${title}\n${(level === 1 ? "=" : "-").repeat(title.length)}\n\n`,
    paragraph: (words) => `${wrap(words, columns).join("\n")}\n\n`,
    list: (items, { depth }) => (depth === 0 ? `${items}\n` : `\n${items.trimEnd()}`),
    listItem: (words, { ordered, index, start = 1 }) =>
      formatListItem(words, ordered ? `${start + index}. ` : "- ", columns),
    code: (code) => `${indent(code.trimEnd(), 4)}\n\n`,
    codespan: (code) => `\`${code}\``,
    emphasis: (words) => `*${words}*`,
    link: (words, { href }) => formatLink(words, href),
    td: (cell) => `${cell}${CELL}`,
    th: (cell) => `${cell}${CELL}`,
    tr: (cells) => `${cells.slice(0, -CELL.length)}${ROW}`,
    table: (rows) => `${formatTable(rows.slice(0, -ROW.length), columns)}\n\n`,
  });
  return text.replace(/\n{3,}/g, "\n\n").trim();
}

/** Wraps a paragraph. A word longer than `columns` has its own line. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Formats a list item. `words` may end with the lines of a nested list. */
function formatListItem(words: string, mark: string, columns: number): string {
  const [first = "", ...nested] = words.split("\n");
  const [line = "", ...rest] = wrap(first, columns - mark.length);
  return `${mark}${line}\n${[...rest, ...nested].map((text) => `${" ".repeat(mark.length)}${text}\n`).join("")}`;
}

/** Formats a link. A link within the manual names its topic, unless the words are that name. */
function formatLink(words: string, href: string): string {
  const topic = /^([\w-]+)\.md(?:#|$)/.exec(href)?.[1];
  if (topic === undefined) return href.startsWith("#") || words === href ? words : `${words} (${href})`;
  return words === topic ? words : `${words} (topic ${topic})`;
}

/** Formats a table with columns when they fit, and with one paragraph per row otherwise. */
function formatTable(text: string, columns: number): string {
  const [head = [], ...rows] = text.split(ROW).map((row) => row.split(CELL));
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const last = Math.min(widths.at(-1) ?? 0, columns - before);
  if (last < Math.min(widths.at(-1) ?? 0, MIN_COLUMN))
    return rows.map((row) => formatRowAsParagraph(head, row, columns)).join("\n\n");
  const rule = [...widths.slice(0, -1), last].map((width) => "-".repeat(width));
  return [head, rule, ...rows].map((cells) => formatRow(cells, widths, before, last)).join("\n");
}

function formatRow(
  cells: readonly string[],
  widths: readonly number[],
  before: number,
  last: number,
): string {
  const start = cells.slice(0, -1).map((cell, column) => cell.padEnd((widths[column] ?? 0) + 2));
  const lines = wrap(cells.at(-1) ?? "", last);
  return lines
    .map((line, index) => `${index === 0 ? start.join("") : " ".repeat(before)}${line}`.trimEnd())
    .join("\n");
}

/** Formats a row as its first cell, with the other cells below it after the titles of their columns. */
function formatRowAsParagraph(
  head: readonly string[],
  [first = "", ...cells]: readonly string[],
  columns: number,
): string {
  const lines = cells.flatMap((cell, index) =>
    cell === "" ? [] : wrap(`${head[index + 1] ?? ""}: ${cell}`, columns - 4),
  );
  return [...wrap(first, columns), ...lines.map((line) => `    ${line}`)].join("\n");
}

function indent(text: string, width: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(width));
}
