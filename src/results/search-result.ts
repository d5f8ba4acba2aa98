import { boundary, chunkOf } from "./chunk.ts";
import { createFinder, findMatches, type Match, type StepPorts } from "./find-matches.ts";
import { type Line, linesOf } from "./lines.ts";
import type { ReadOutcome } from "./read-result.ts";
import type { KeptResult } from "./types.ts";

export interface SearchRequest {
  readonly text?: string | undefined;
  readonly pattern?: string | undefined;
  /** Lines shown around each match; default 2. */
  readonly around?: number | undefined;
  readonly from_line?: number | undefined;
}

const MOST_MATCHES = 50;
const MOST_AROUND = 20;
/** Characters shown of a long line on each side of a match. */
const BESIDE = 200;

/** The lines that match with lines around, numbered as grep does it; at most a chunk's size. */
export async function searchResult(
  result: KeptResult,
  { text: wanted, pattern, around = 2, from_line: from = 1 }: SearchRequest,
  ports: StepPorts,
): Promise<ReadOutcome> {
  const find = createFinder(wanted, pattern);
  if (typeof find === "string") return { outcome: "refused", problem: find };
  const { id, text, chunkSize } = result;
  const shown = new ShownLines(result, Math.min(around, MOST_AROUND));
  const matches = findMatches(text, from, find, ports);
  let count = 0;
  for (;;) {
    const next = await matches.next();
    if (next.done) return ready(id, count, next.value, shown);
    if (count === MOST_MATCHES || shown.size > chunkSize)
      return ready(id, count, next.value.line.number, shown);
    shown.add(next.value);
    count += 1;
  }
}

function ready(id: string, count: number, stoppedAt: number | undefined, shown: ShownLines): ReadOutcome {
  const matches = count === 0 ? "no match" : count === 1 ? "1 match" : `${count} matches`;
  const rest = stoppedAt === undefined ? "" : `; go on with from_line ${stoppedAt}`;
  return { outcome: "ready", content: [`[${id}: ${matches}${rest}]`, ...shown.lines].join("\n") };
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
