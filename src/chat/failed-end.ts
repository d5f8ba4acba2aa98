/** Creates the end of a turn that could not run, or whose end could not be stored. */
import type { AppError } from "../errors.ts";
import type { TurnEnd } from "./types.ts";
import { NO_USAGE } from "./usage.ts";

export function createFailedEnd(error: AppError, at: Date): TurnEnd {
  return {
    outcome: "failed",
    error,
    text: "",
    calls: [],
    results: [],
    usage: NO_USAGE,
    spent: [],
    endedAt: at.toISOString(),
  };
}
