/** Finds cuts in data: between the records of JSON and of tables, and inside a record only when it does not fit. */

/** Finds the best cut after `from` and at most `to`. Returns undefined when the text is not data or no record ends there. */
export type FindRecordEnd = (from: number, to: number) => number | undefined;

export function createRecordFinder(text: string): FindRecordEnd {
  if (looksLikeJson(text)) return createJsonRecordFinder(text);
  const separator = detectTableSeparator(text);
  return separator === undefined ? () => undefined : createRowFinder(text, separator);
}

/** Returns whether a text is JSON, possibly after some words: `Here is the list: [{"id": 1}, …`. */
function looksLikeJson(text: string): boolean {
  const begin = text.search(/[[{]\s*[[{"]/);
  return begin !== -1 && begin < 2000 && /"\s*:|\]\s*,|"\s*,|[}\d]\s*,/.test(text.slice(begin, begin + 5000));
}

/** Finds cuts after a comma or between top-level values. Cuts with fewer open brackets are preferred. */
function createJsonRecordFinder(text: string): FindRecordEnd {
  const ends: number[] = [];
  const depths: number[] = [];
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 10) {
      // A JSON string holds no line break, so this was not a string.
      inString = false;
      if (depth > 0) continue;
    } else if (inString) {
      if (unit === 92) index += 1;
      else if (unit === 34) inString = false;
      continue;
    } else if (unit === 34) {
      inString = true;
      continue;
    } else if (unit === 91 || unit === 123) {
      depth += 1;
      continue;
    } else if (unit === 93 || unit === 125) {
      depth = Math.max(0, depth - 1);
      continue;
    } else if (unit !== 44 || depth === 0) continue;
    ends.push(skipWhitespace(text, index + 1));
    depths.push(depth);
  }
  return (from, to) => {
    let best: number | undefined;
    let lowestDepth = Number.POSITIVE_INFINITY;
    for (let index = indexAfter(ends, from); (ends[index] ?? Number.POSITIVE_INFINITY) <= to; index++) {
      const open = depths[index] ?? 0;
      if (open > lowestDepth) continue;
      [best, lowestDepth] = [ends[index], open];
    }
    return best;
  };
}

/** Skips the line break and indentation after a comma, so that a chunk begins with its record. */
function skipWhitespace(text: string, from: number): number {
  let at = from;
  while (at < text.length && at - from < 200 && /\s/.test(text[at] ?? "")) at += 1;
  return at;
}

/** Returns the index of the first of the ascending `positions` beyond `from`. */
function indexAfter(positions: readonly number[], from: number): number {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? 0) > from) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Returns the column separator when nearly every row has the same number of columns, as in CSV and Markdown tables. */
function detectTableSeparator(text: string): string | undefined {
  const sample = text.slice(0, 20_000);
  return [",", ";", "\t", "|"].find((separator) => {
    const { widths } = scanRows(sample, separator);
    const typicalWidth = widths.toSorted((a, b) => a - b)[Math.floor(widths.length / 2)] ?? 0;
    const matchingRows = widths.filter((width) => width === typicalWidth).length;
    return typicalWidth > 0 && widths.length >= 3 && matchingRows >= widths.length * 0.8;
  });
}

function createRowFinder(text: string, separator: string): FindRecordEnd {
  const { ends } = scanRows(text, separator);
  return (from, to) => {
    const end = ends[indexAfter(ends, to) - 1];
    return end !== undefined && end > from ? end : undefined;
  };
}

/** Returns the ends of the rows and the number of separators in each. Quoted text belongs to its field (RFC 4180, 2.6). */
function scanRows(text: string, separator: string) {
  const ends: number[] = [];
  const widths: number[] = [];
  let quoted = false;
  let width = 0;
  let previous = "\n";
  for (let index = 0; index < text.length; index++) {
    const unit = text[index] ?? "";
    // An escaped quote (`""`) closes the field and opens it again.
    if (unit === '"' && (quoted || previous === "\n" || previous === '"' || previous === separator))
      quoted = !quoted;
    else if (!quoted && unit === separator) width += 1;
    else if (!quoted && unit === "\n") {
      ends.push(index + 1);
      if (width > 0) widths.push(width);
      width = 0;
    }
    previous = unit;
  }
  return { ends, widths };
}
