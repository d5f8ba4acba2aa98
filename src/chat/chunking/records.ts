/** Where data may be cut: between the records of JSON and of tables, never within one while it can be helped. */

/** The best cut after `from` and at `to` at the latest; undefined: the text is no data, or has no record that ends there. */
export type FindRecord = (from: number, to: number) => number | undefined;

export function findRecords(text: string): FindRecord {
  if (looksLikeJson(text)) return betweenJsonRecords(text);
  const separator = tableSeparator(text);
  return separator === undefined ? () => undefined : betweenRows(text, separator);
}

/** It may follow some words: `Here is the list: [{"id": 1}, …`. */
function looksLikeJson(text: string): boolean {
  const begin = text.search(/[[{]\s*[[{"]/);
  return begin !== -1 && begin < 2000 && /"\s*:|\]\s*,|"\s*,|[}\d]\s*,/.test(text.slice(begin, begin + 5000));
}

/** After a comma, or between whole values; the fewer brackets are open, the better. */
function betweenJsonRecords(text: string): FindRecord {
  const places: number[] = [];
  const depths: number[] = [];
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 10) {
      // No JSON string holds a line break: whatever seemed to be one was none.
      quoted = false;
      if (depth > 0) continue;
    } else if (quoted) {
      if (unit === 92) index += 1;
      else if (unit === 34) quoted = false;
      continue;
    } else if (unit === 34) {
      quoted = true;
      continue;
    } else if (unit === 91 || unit === 123) {
      depth += 1;
      continue;
    } else if (unit === 93 || unit === 125) {
      depth = Math.max(0, depth - 1);
      continue;
    } else if (unit !== 44 || depth === 0) continue;
    places.push(afterSpace(text, index + 1));
    depths.push(depth);
  }
  return (from, to) => {
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (let index = firstAfter(places, from); (places[index] ?? Number.POSITIVE_INFINITY) <= to; index++) {
      const open = depths[index] ?? 0;
      if (open > least) continue;
      [best, least] = [places[index], open];
    }
    return best;
  };
}

/** Past the line break and the indentation that follow a comma, so that a piece begins with its record. */
function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && at - from < 200 && /\s/.test(text[at] ?? "")) at += 1;
  return at;
}

/** The first of the ascending `places` beyond `from`. */
function firstAfter(places: readonly number[], from: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) > from) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What separates the columns when nearly every row has the same number of them, as in CSV and Markdown tables. */
function tableSeparator(text: string): string | undefined {
  const sample = text.slice(0, 20_000);
  return [",", ";", "\t", "|"].find((separator) => {
    const { widths } = rowsOf(sample, separator);
    const usual = widths.toSorted((a, b) => a - b)[Math.floor(widths.length / 2)] ?? 0;
    const regular = widths.filter((width) => width === usual).length;
    return usual > 0 && widths.length >= 3 && regular >= widths.length * 0.8;
  });
}

function betweenRows(text: string, separator: string): FindRecord {
  const { ends } = rowsOf(text, separator);
  return (from, to) => {
    const end = ends[firstAfter(ends, to) - 1];
    return end !== undefined && end > from ? end : undefined;
  };
}

/** Where rows end, and how many separators each has. What stands in quotes belongs to its field: RFC 4180, 2.6. */
function rowsOf(text: string, separator: string) {
  const ends: number[] = [];
  const widths: number[] = [];
  let quoted = false;
  let width = 0;
  let before = "\n";
  for (let index = 0; index < text.length; index++) {
    const unit = text[index] ?? "";
    // Two quotes within a field are one that ends it and one that begins it anew.
    if (unit === '"' && (quoted || before === "\n" || before === '"' || before === separator))
      quoted = !quoted;
    else if (!quoted && unit === separator) width += 1;
    else if (!quoted && unit === "\n") {
      ends.push(index + 1);
      if (width > 0) widths.push(width);
      width = 0;
    }
    before = unit;
  }
  return { ends, widths };
}
