/** Reads a chunk or lines of a stored result. */
import { chunkAt, chunkCount, chunkNumberAt, safeBoundary } from "./chunk.ts";
import { lineNumberAt, linesOf } from "./lines.ts";
import { countLines } from "./shape.ts";
import type { StoredResult } from "./types.ts";

/** Chunks and lines are numbered from 1. */
export interface ReadRequest {
  readonly chunk?: number | undefined;
  readonly from_line?: number | undefined;
  readonly to_line?: number | undefined;
}

export type ReadOutcome =
  | { readonly outcome: "ready"; readonly content: string }
  | { readonly outcome: "refused"; readonly problem: string };

/** Returns a chunk, or lines up to the size of a chunk, below a line that says which part it is and what follows. */
export function readResult(
  result: StoredResult,
  { chunk, from_line: from, to_line: to }: ReadRequest,
): ReadOutcome {
  if (from === undefined && to === undefined) return readChunk(result, chunk ?? 1);
  return readLines(result, from ?? 1, to ?? Number.POSITIVE_INFINITY);
}

function readChunk({ id, text, chunkSize }: StoredResult, number: number): ReadOutcome {
  const count = chunkCount(text, chunkSize);
  if (number > count)
    return { outcome: "refused", problem: `${id} has ${count} chunks; there is no chunk ${number}.` };
  const { text: part, start } = chunkAt(text, chunkSize, number);
  const first = lineNumberAt(text, start);
  const lines = `lines ${first} to ${first + countLines(part) - 1}`;
  const head = `[${id}, chunk ${number} of ${count}, ${lines}, characters ${start + 1} to ${start + part.length} of ${text.length}]`;
  return { outcome: "ready", content: `${head}\n${part}` };
}

function readLines({ id, text, chunkSize }: StoredResult, from: number, to: number): ReadOutcome {
  let [start, end, last] = [-1, -1, from - 1];
  for (const line of linesOf(text, from)) {
    if (line.number > to || (start !== -1 && line.end - start > chunkSize)) break;
    if (start === -1) start = line.start;
    end = line.end;
    last = line.number;
  }
  const count = countLines(text);
  if (start === -1)
    return { outcome: "refused", problem: `${id} has ${count} lines; there are none from ${from} to ${to}.` };
  if (end - start > chunkSize) {
    const [first, final] = [chunkNumberAt(start, chunkSize), chunkNumberAt(end - 1, chunkSize)];
    const part = text.slice(start, safeBoundary(text, start + chunkSize));
    return {
      outcome: "ready",
      content: `[${id}, line ${from} of ${count}: it has ${end - start} characters, these are the first ${part.length}; chunks ${first} to ${final} hold all of it]\n${part}`,
    };
  }
  const lastRequested = Math.min(to, count);
  const rest = last < lastRequested ? `; go on with from_line ${last + 1}` : "";
  return {
    outcome: "ready",
    content: `[${id}, lines ${from} to ${last} of ${count}${rest}]\n${text.slice(start, end)}`,
  };
}
