import { AppError } from "../errors.ts";

/** So many in so long, as settings write it: `10/minute`. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

const UNITS: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000 };

/** @throws Error saying what is allowed. */
export function parseRate(text: string): Rate {
  const [, count = "", unit = ""] = /^(\d+)\s*\/\s*(second|minute|hour)$/i.exec(text.trim()) ?? [];
  const perMs = UNITS[unit.toLowerCase()];
  if (perMs === undefined || Number(count) === 0)
    throw new Error("a rate such as 10/minute, 1/second or 100/hour");
  return { count: Number(count), perMs };
}

/** What a client is told that comes too often; `text` as in settings. */
export function createRateLimitError(text: string, retryAfterMs: number): AppError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return new AppError(
    "rate_limited",
    `Messages come faster than this server allows (${text}). Please try again in ${seconds} s.`,
    { retryable: true, retryAfterMs },
  );
}
