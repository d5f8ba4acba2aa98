import { boundary, chunkOf } from "./chunk.ts";
import { createFinder, findMatches, type Match, type Place, type StepPorts } from "./find-matches.ts";
import { type Line, lineAt, linesOf } from "./lines.ts";
import type { ReadOutcome } from "./read-result.ts";
import type { KeptResult } from "./types.ts";

export interface SearchRequest {
  readonly text?: string | undefined;
  readonly pattern?: string | undefined;
  /** Lines shown around each match; default 2. */
  readonly around?: number | undefined;
  readonly from_line?: number | undefined;
  /** For lines longer than a chunk. */
  readonly from_chunk?: number | undefined;
}

const MOST_MATCHES = 50;
const MOST_AROUND = 20;
/** Characters shown of a long line on each side of a match. */
const BESIDE = 200;

/** The lines that match with lines around, numbered as grep does it; at most a chunk's size. */
export async function searchResult(
  result: KeptResult,
  request: SearchRequest,
  ports: StepPorts,
): Promise<ReadOutcome> {
  const find = createFinder(request.text, request.pattern);
  if (typeof find === "string") return { outcome: "refused", problem: find };
  const from = beginOf(result, request);
  if (!from) return { outcome: "refused", problem: `${result.id} does not go that far.` };
  const shown = new ShownLines(result, Math.min(request.around ?? 2, MOST_AROUND));
  const matches = findMatches(result.text, from, find, ports);
  for (let count = 0; ; count++) {
    const next = await matches.next();
    if (next.done) return ready(result, count, next.value, shown);
    const { line, start: position } = next.value;
    if (count === MOST_MATCHES || shown.size > result.chunkSize)
      return ready(result, count, { line, position }, shown);
    shown.add(next.value);
  }
}

function beginOf(
  { text, chunkSize }: KeptResult,
  { from_line, from_chunk }: SearchRequest,
): Place | undefined {
  const chunkStart = from_chunk === undefined ? 0 : boundary(text, (from_chunk - 1) * chunkSize);
  const number = from_line ?? lineAt(text, chunkStart);
  const [line] = linesOf(text, number);
  return line && { line, position: Math.max(line.start, Math.min(chunkStart, line.end)) };
}

function ready(
  { id, chunkSize }: KeptResult,
  count: number,
  stopped: Place | undefined,
  shown: ShownLines,
): ReadOutcome {
  const matches = count === 0 ? "no match" : count === 1 ? "1 match" : `${count} matches`;
  return {
    outcome: "ready",
    content: [`[${id}: ${matches}${goOn(stopped, chunkSize)}]`, ...shown.lines].join("\n"),
  };
}

function goOn(stopped: Place | undefined, chunkSize: number): string {
  if (!stopped) return "";
  const { line, position } = stopped;
  const isWithin = position - line.start > chunkSize;
  return `; go on with ${isWithin ? `from_chunk ${chunkOf(position, chunkSize)}` : `from_line ${line.number}`}`;
}

/** `12: the line`, once each, with `…` where lines are left out. */
class ShownLines {
  readonly lines: string[] = [];
  size = 0;
  readonly #result: KeptResult;
  readonly #around: number;
  #to = 0;

  constructor(result: KeptResult, around: number) {
    this.#result = result;
    this.#around = around;
  }

  add(match: Match): void {
    const { text } = this.#result;
    const { line } = match;
    const first = Math.max(1, line.number - this.#around);
    if (this.#to > 0 && first > this.#to + 1) this.#push("…");
    for (const near of linesNear(text, line, first, line.number + this.#around)) {
      if (near.number === line.number && isLong(line)) this.#push(this.#excerpt(match));
      else if (near.number > this.#to) this.#push(`${near.number}: ${beginning(text, near)}`);
    }
    this.#to = Math.max(this.#to, line.number + this.#around);
  }

  #push(line: string): void {
    this.lines.push(line);
    this.size += line.length + 1;
  }

  #excerpt({ line, start, end }: Match): string {
    const { text, chunkSize } = this.#result;
    const from = boundary(text, Math.max(line.start, start - BESIDE));
    const to = boundary(text, Math.min(line.end, Math.min(end, start + BESIDE) + BESIDE));
    const part = `${from > line.start ? "…" : ""}${text.slice(from, to)}${to < line.end ? "…" : ""}`;
    return `${line.number} (chunk ${chunkOf(start, chunkSize)}): ${part}`;
  }
}

/** The lines from one number to another, found from a line between them. */
function* linesNear(text: string, { number, start }: Line, first: number, last: number): Generator<Line> {
  let begin = start;
  for (let back = number; back > first && begin > 0; back--) begin = text.lastIndexOf("\n", begin - 2) + 1;
  for (const line of linesOf(text, 1, { start: begin, number: first })) {
    if (line.number > last) return;
    yield line;
  }
}

function isLong({ start, end }: Line): boolean {
  return end - start > 2 * BESIDE + 100;
}

function beginning(text: string, line: Line): string {
  const { start, end } = line;
  return isLong(line) ? `${text.slice(start, boundary(text, start + BESIDE))}…` : text.slice(start, end);
}
