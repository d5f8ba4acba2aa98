/** Searches a stored result. */
import { chunkNumberAt, safeBoundary } from "./chunk.ts";
import {
  createFinder,
  findMatches,
  type Match,
  type SearchPorts,
  type SearchPosition,
} from "./find-matches.ts";
import { lineNumberAt, linesOf, type TextLine } from "./lines.ts";
import type { ReadOutcome } from "./read-result.ts";
import type { StoredResult } from "./types.ts";

export interface SearchRequest {
  readonly text?: string | undefined;
  readonly pattern?: string | undefined;
  /** The number of lines shown before and after each match. Default: 2. */
  readonly around?: number | undefined;
  readonly from_line?: number | undefined;
  /** Continues inside a line that is longer than a chunk. */
  readonly from_chunk?: number | undefined;
}

const MAX_MATCHES = 50;
const MAX_CONTEXT_LINES = 20;
/** The number of characters of a long line shown on each side of a match. */
const CONTEXT_CHARACTERS = 200;

/** Returns the matching lines and their context, numbered as by grep, up to about the size of a chunk. */
export async function searchResult(
  result: StoredResult,
  request: SearchRequest,
  ports: SearchPorts,
): Promise<ReadOutcome> {
  const find = createFinder(request.text, request.pattern);
  if (typeof find === "string") return { outcome: "refused", problem: find };
  const from = findStart(result, request);
  if (!from) return { outcome: "refused", problem: `${result.id} ends before that position.` };
  const shown = new MatchOutput(result, Math.min(request.around ?? 2, MAX_CONTEXT_LINES));
  const matches = findMatches(result.text, from, find, ports);
  for (let count = 0; ; count++) {
    const next = await matches.next();
    if (next.done) return formatMatches(result, count, next.value, shown);
    const { line, start: position } = next.value;
    if (count === MAX_MATCHES || shown.size > result.chunkSize)
      return formatMatches(result, count, { line, position }, shown);
    shown.add(next.value);
  }
}

function findStart(
  { text, chunkSize }: StoredResult,
  { from_line, from_chunk }: SearchRequest,
): SearchPosition | undefined {
  const chunkStart = from_chunk === undefined ? 0 : safeBoundary(text, (from_chunk - 1) * chunkSize);
  const number = from_line ?? lineNumberAt(text, chunkStart);
  const [line] = linesOf(text, number);
  return line && { line, position: Math.max(line.start, Math.min(chunkStart, line.end)) };
}

function formatMatches(
  { id, chunkSize }: StoredResult,
  count: number,
  stoppedAt: SearchPosition | undefined,
  shown: MatchOutput,
): ReadOutcome {
  const matches = count === 0 ? "no match" : count === 1 ? "1 match" : `${count} matches`;
  return {
    outcome: "ready",
    content: [`[${id}: ${matches}${continuationHint(stoppedAt, chunkSize)}]`, ...shown.lines].join("\n"),
  };
}

function continuationHint(stoppedAt: SearchPosition | undefined, chunkSize: number): string {
  if (!stoppedAt) return "";
  const { line, position } = stoppedAt;
  const isWithin = position - line.start > chunkSize;
  return `; go on with ${isWithin ? `from_chunk ${chunkNumberAt(position, chunkSize)}` : `from_line ${line.number}`}`;
}

/** Collects lines as `12: the line`, each once, with `…` where lines are omitted. */
class MatchOutput {
  readonly lines: string[] = [];
  size = 0;
  readonly #result: StoredResult;
  readonly #contextLines: number;
  #lastLine = 0;

  constructor(result: StoredResult, around: number) {
    this.#result = result;
    this.#contextLines = around;
  }

  add(match: Match): void {
    const { text } = this.#result;
    const { line } = match;
    const first = Math.max(1, line.number - this.#contextLines);
    if (this.#lastLine > 0 && first > this.#lastLine + 1) this.#push("…");
    for (const near of linesBetween(text, line, first, line.number + this.#contextLines)) {
      if (near.number === line.number && isLong(line)) this.#push(this.#excerpt(match));
      else if (near.number > this.#lastLine) this.#push(`${near.number}: ${formatLine(text, near)}`);
    }
    this.#lastLine = Math.max(this.#lastLine, line.number + this.#contextLines);
  }

  #push(line: string): void {
    this.lines.push(line);
    this.size += line.length + 1;
  }

  #excerpt({ line, start, end }: Match): string {
    const { text, chunkSize } = this.#result;
    const from = safeBoundary(text, Math.max(line.start, start - CONTEXT_CHARACTERS));
    const to = safeBoundary(
      text,
      Math.min(line.end, Math.min(end, start + CONTEXT_CHARACTERS) + CONTEXT_CHARACTERS),
    );
    const part = `${from > line.start ? "…" : ""}${text.slice(from, to)}${to < line.end ? "…" : ""}`;
    return `${line.number} (chunk ${chunkNumberAt(start, chunkSize)}): ${part}`;
  }
}

/** Yields the lines from `first` to `last`, found from a line between them. */
function* linesBetween(
  text: string,
  { number, start }: TextLine,
  first: number,
  last: number,
): Generator<TextLine> {
  let begin = start;
  for (let back = number; back > first && begin > 0; back--) begin = text.lastIndexOf("\n", begin - 2) + 1;
  for (const line of linesOf(text, 1, { start: begin, number: first })) {
    if (line.number > last) return;
    yield line;
  }
}

function isLong({ start, end }: TextLine): boolean {
  return end - start > 2 * CONTEXT_CHARACTERS + 100;
}

function formatLine(text: string, line: TextLine): string {
  const { start, end } = line;
  return isLong(line)
    ? `${text.slice(start, safeBoundary(text, start + CONTEXT_CHARACTERS))}…`
    : text.slice(start, end);
}
