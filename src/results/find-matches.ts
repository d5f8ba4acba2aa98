/** Where a text or a pattern stands in a long text: in linear time, in small steps between which others have their turn. */
import { RE2JS } from "re2js";
import { type Line, linesOf } from "./lines.ts";

export interface Match {
  readonly line: Line;
  readonly start: number;
  readonly end: number;
}

/** Finds the first match in a part of a text. */
export type Finder = (part: string) => { readonly start: number; readonly end: number } | undefined;

export interface StepPorts {
  /** Milliseconds. */
  readonly now: () => number;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Milliseconds a search may take, and after which others get their turn. */
const TIME_LIMIT = 2000;
const SLICE = 20;
/** Instructions of a compiled pattern: the engine's time is these times the characters. */
const LARGEST_PROGRAM = 1000;
/** Characters looked at in one step, and how many of them the next step looks at again. */
const WINDOW = 10_000;
const OVERLAP = 1000;

/** @returns why there is none, as a text for the model. */
export function createFinder(text: string | undefined, pattern: string | undefined): Finder | string {
  const wanted = pattern ?? text;
  if (wanted === undefined || (text !== undefined && pattern !== undefined))
    return "Give either text or pattern.";
  if (wanted === "") return "There is nothing to look for.";
  if (wanted.length > OVERLAP) return `Look for at most ${OVERLAP} characters.`;
  try {
    const isPattern = pattern !== undefined;
    const compiled = RE2JS.compile(
      isPattern ? wanted : RE2JS.quote(wanted),
      isPattern ? 0 : RE2JS.CASE_INSENSITIVE,
    );
    if (isPattern && compiled.programSize() > LARGEST_PROGRAM)
      return "The pattern repeats too much. Make it simpler.";
    return (part) => {
      const matcher = compiled.matcher(part);
      return matcher.find() ? { start: matcher.start(), end: matcher.end() } : undefined;
    };
  } catch (error) {
    return `The pattern is no RE2 expression: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The first match of each line, and of each window of a line that is longer than one. Returns the line it had to stop at. */
export async function* findMatches(
  text: string,
  from: number,
  find: Finder,
  { now, pause, signal }: StepPorts,
): AsyncGenerator<Match, number | undefined> {
  const deadline = now() + TIME_LIMIT;
  let turnEnds = now() + SLICE;
  for (const line of linesOf(text, from)) {
    let foundTo = -1;
    for (let start = line.start; ; start += WINDOW - OVERLAP) {
      if (now() > deadline || signal.aborted) return line.number;
      if (now() > turnEnds) {
        await pause();
        turnEnds = now() + SLICE;
      }
      const end = Math.min(line.end, start + WINDOW);
      const found = find(text.slice(start, end));
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
