/** Finds a text or a pattern in a long text: in linear time, in small steps that yield to the event loop. */
import { RE2JS } from "re2js";
import { linesOf, type TextLine } from "./lines.ts";

export interface Match {
  readonly line: TextLine;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the first match in a part of a line. A match that touches an end of the part counts only where the line begins or
 * ends there: otherwise `^` and `$` would match inside the line, and a longer match is found in the next part.
 * @param reaches whether the part reaches the start and the end of the line.
 */
export type MatchFinder = (
  part: string,
  reaches: { readonly start: boolean; readonly end: boolean },
) => { readonly start: number; readonly end: number } | undefined;

/** The position where a search begins or stopped. `position` lies within `line`. */
export interface SearchPosition {
  readonly line: TextLine;
  readonly position: number;
}

export interface SearchPorts {
  /** Milliseconds. */
  readonly now: () => number;
  /** Yields to the event loop. */
  readonly yieldToEventLoop: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Milliseconds after which the search stops. */
  readonly timeLimit: number;
}

/** Milliseconds after which a search yields. */
const TIME_SLICE_MS = 1;
/** Instructions of a compiled pattern. The engine's time is proportional to these times the characters. */
const MAX_PROGRAM_SIZE = 1000;
/** Characters searched in one step, and how many of them the next step searches again. */
const WINDOW_SIZE = 10_000;
const WINDOW_OVERLAP = 1000;

/** @returns the finder, or the reason why there is none, as a text for the model. */
export function createFinder(text: string | undefined, pattern: string | undefined): MatchFinder | string {
  const searchFor = pattern ?? text;
  if (searchFor === undefined || (text !== undefined && pattern !== undefined))
    return "Give either text or pattern.";
  if (searchFor === "") return "The text to search for is empty.";
  if (searchFor.length > WINDOW_OVERLAP) return `Search for at most ${WINDOW_OVERLAP} characters.`;
  try {
    const isPattern = pattern !== undefined;
    const compiled = RE2JS.compile(
      isPattern ? searchFor : RE2JS.quote(searchFor),
      isPattern ? 0 : RE2JS.CASE_INSENSITIVE,
    );
    if (isPattern && compiled.programSize() > MAX_PROGRAM_SIZE)
      return "The pattern repeats too much. Simplify it.";
    return (part, reaches) => {
      const matcher = compiled.matcher(part);
      while (matcher.find()) {
        const [start, end] = [matcher.start(), matcher.end()];
        if ((start > 0 || reaches.start) && (end < part.length || reaches.end)) return { start, end };
      }
      return undefined;
    };
  } catch (error) {
    return `The pattern is not a valid RE2 expression: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Yields the first match of each line, and of each window of a longer line. Returns the position where it had to stop. */
export async function* findMatches(
  text: string,
  from: SearchPosition,
  find: MatchFinder,
  { now, yieldToEventLoop, signal, timeLimit }: SearchPorts,
): AsyncGenerator<Match, SearchPosition | undefined> {
  const deadline = now() + timeLimit;
  let sliceEnd = now() + TIME_SLICE_MS;
  for (const line of linesOf(text, from.line.number, from.line)) {
    let foundTo = -1;
    // One character earlier, so that a match right at the position is not mistaken for the rest of an earlier one.
    const firstStart =
      line.number === from.line.number ? Math.max(line.start, from.position - 1) : line.start;
    for (let start = firstStart; ; start += WINDOW_SIZE - WINDOW_OVERLAP) {
      if (now() > deadline || signal.aborted) return { line, position: start };
      if (now() > sliceEnd) {
        await yieldToEventLoop();
        sliceEnd = now() + TIME_SLICE_MS;
      }
      const end = Math.min(line.end, start + WINDOW_SIZE);
      const found = find(text.slice(start, end), { start: start === line.start, end: end === line.end });
      // A match in the overlap of two windows is found in both.
      if (found && start + found.start >= foundTo) {
        foundTo = start + found.end;
        yield { line, start: start + found.start, end: foundTo };
      }
      if (end === line.end) break;
    }
  }
  return undefined;
}
