/** Where a text or a pattern stands in a long text: in linear time, in small steps between which others have their turn. */
import { RE2JS } from "re2js";
import { linesOf, type TextLine } from "./lines.ts";

export interface Match {
  readonly line: TextLine;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the first match in a part of a line. What touches an end of the part counts only where the line begins or ends
 * there: `^` and `$` would match in the middle of it, and what goes on beyond is found in the next part.
 */
export type MatchFinder = (
  part: string,
  isWhole: { readonly start: boolean; readonly end: boolean },
) => { readonly start: number; readonly end: number } | undefined;

/** Where a search begins, or had to stop. `position`: within that line. */
export interface SearchPosition {
  readonly line: TextLine;
  readonly position: number;
}

export interface SearchPorts {
  /** Milliseconds. */
  readonly now: () => number;
  /** Lets others have their turn. */
  readonly yieldToEventLoop: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Milliseconds a search may take, and after which others get their turn. */
const TIME_LIMIT_MS = 2000;
const TIME_SLICE_MS = 20;
/** Instructions of a compiled pattern: the engine's time is these times the characters. */
const MAX_PROGRAM_SIZE = 1000;
/** Characters looked at in one step, and how many of them the next step looks at again. */
const WINDOW_SIZE = 10_000;
const WINDOW_OVERLAP = 1000;

/** @returns why there is none, as a text for the model. */
export function createFinder(text: string | undefined, pattern: string | undefined): MatchFinder | string {
  const searchFor = pattern ?? text;
  if (searchFor === undefined || (text !== undefined && pattern !== undefined))
    return "Give either text or pattern.";
  if (searchFor === "") return "There is nothing to look for.";
  if (searchFor.length > WINDOW_OVERLAP) return `Look for at most ${WINDOW_OVERLAP} characters.`;
  try {
    const isPattern = pattern !== undefined;
    const compiled = RE2JS.compile(
      isPattern ? searchFor : RE2JS.quote(searchFor),
      isPattern ? 0 : RE2JS.CASE_INSENSITIVE,
    );
    if (isPattern && compiled.programSize() > MAX_PROGRAM_SIZE)
      return "The pattern repeats too much. Make it simpler.";
    return (part, reaches) => {
      const matcher = compiled.matcher(part);
      while (matcher.find()) {
        const [start, end] = [matcher.start(), matcher.end()];
        if ((start > 0 || reaches.start) && (end < part.length || reaches.end)) return { start, end };
      }
      return undefined;
    };
  } catch (error) {
    return `The pattern is no RE2 expression: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The first match of each line, and of each window of a line that is longer than one. Returns where it had to stop. */
export async function* findMatches(
  text: string,
  from: SearchPosition,
  find: MatchFinder,
  { now, yieldToEventLoop, signal }: SearchPorts,
): AsyncGenerator<Match, SearchPosition | undefined> {
  const deadline = now() + TIME_LIMIT_MS;
  let sliceEnd = now() + TIME_SLICE_MS;
  for (const line of linesOf(text, from.line.number, from.line)) {
    let foundTo = -1;
    // A character before the place, so that what stands right at it is not taken for the rest of something.
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
      // What stands where two windows overlap is found in both.
      if (found && start + found.start >= foundTo) {
        foundTo = start + found.end;
        yield { line, start: start + found.start, end: foundTo };
      }
      if (end === line.end) break;
    }
  }
  return undefined;
}
