/** Parses rates such as `10/minute` and creates the error of an exceeded one. */
import { AppError } from "../errors.ts";

/** A number of messages per period. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

const UNITS: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000 };

/** Parses a rate such as `10/minute`. @throws Error whose message names the allowed values. */
export function parseRate(text: string): Rate {
  const [, count = "", unit = ""] = /^(\d+)\s*\/\s*(second|minute|hour)$/i.exec(text.trim()) ?? [];
  const perMs = UNITS[unit.toLowerCase()];
  if (perMs === undefined || Number(count) === 0)
    throw new Error("a rate such as 10/minute, 1/second or 100/hour");
  return { count: Number(count), perMs };
}

/** Creates the error for a client that exceeds its rate. `rate` is the setting's text. */
export function createRateLimitError(rate: string, retryAfterMs: number): AppError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return new AppError("rate_limited", `Rate limit exceeded (${rate}). Try again in ${seconds} s.`, {
    retryable: true,
    retryAfterMs,
  });
}
