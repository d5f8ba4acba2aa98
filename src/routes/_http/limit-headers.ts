/** The headers that tell clients their limits. Pure. */
import { selectOwnLimits } from "../../access/limits/states.ts";
import type { LimitState } from "../../access/limits/types.ts";
import { unitMs } from "../../config/limits.ts";

/** Returns headers for states of limits at a time, in Unix milliseconds. */
export type EncodeLimits = (states: readonly LimitState[], now: number) => Readonly<Record<string, string>>;

/**
 * Returns `RateLimit-Policy` and `RateLimit` for requests and concurrent turns, as lists of structured fields:
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (draft 11). It has no unit for tokens.
 */
export const encodeRateLimit: EncodeLimits = (states, now) => {
  const own = selectOwnLimits(states);
  const policies: string[] = [];
  const levels: string[] = [];
  for (const { scope, kind, limit, unit, remaining, resetsAt } of own) {
    if (kind === "turns") policies.push(`"${scope}-turns";q=${limit};qu="concurrent-requests"`);
    if (kind !== "requests" || unit === undefined) continue;
    policies.push(`"${scope}-${unit}";q=${limit};w=${unitMs(unit) / 1000}`);
    levels.push(`"${scope}-${unit}";r=${remaining ?? 0};t=${secondsUntil(resetsAt, now)}`);
  }
  return {
    ...(policies.length > 0 && { "RateLimit-Policy": policies.join(", ") }),
    ...(levels.length > 0 && { RateLimit: levels.join(", ") }),
  };
};

/** Returns the headers that clients of OpenAI read. */
export const encodeOpenaiLimits: EncodeLimits = (states, now) =>
  encodeTightest(states, (kind, { limit, remaining = 0, resetsAt }) => ({
    [`x-ratelimit-limit-${kind}`]: `${limit}`,
    [`x-ratelimit-remaining-${kind}`]: `${remaining}`,
    [`x-ratelimit-reset-${kind}`]: formatDuration(secondsUntil(resetsAt, now)),
  }));

/** Returns the headers that clients of Anthropic read. */
export const encodeAnthropicLimits: EncodeLimits = (states) =>
  encodeTightest(states, (kind, { limit, remaining = 0, resetsAt = 0 }) => ({
    [`anthropic-ratelimit-${kind}-limit`]: `${limit}`,
    [`anthropic-ratelimit-${kind}-remaining`]: `${remaining}`,
    [`anthropic-ratelimit-${kind}-reset`]: `${new Date(Math.ceil(resetsAt / 1000) * 1000).toISOString().slice(0, 19)}Z`,
  }));

/** Encodes the limit of requests, and that of tokens, of which the smallest part remains. */
function encodeTightest(
  states: readonly LimitState[],
  encode: (kind: string, state: LimitState) => Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const own = selectOwnLimits(states);
  return Object.assign(
    {},
    ...(["requests", "tokens"] as const).map((kind) => {
      const [tightest] = own.filter((state) => state.kind === kind).toSorted((a, b) => partOf(a) - partOf(b));
      return tightest ? encode(kind, tightest) : {};
    }),
  );
}

function partOf({ limit, remaining = 0 }: LimitState): number {
  return remaining / limit;
}

function secondsUntil(at: number | undefined, now: number): number {
  return Math.max(0, Math.ceil(((at ?? now) - now) / 1000));
}

/** Returns `6m0s` for 360: a duration as Go writes it. */
function formatDuration(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
