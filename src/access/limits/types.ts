/** The types of limits. */
import type { Caller } from "../types.ts";

/** The limits of a caller. An absent limit does not apply. Days and months are those of UTC. */
export interface CallerLimits {
  /** For example `10/minute`. */
  readonly requests?: string;
  readonly concurrentTurns?: number;
  readonly tokensPerDay?: number;
  readonly tokensPerMonth?: number;
  readonly usdPerDay?: number;
  readonly usdPerMonth?: number;
}

/** Counts the use of callers against their limits. */
export interface UsageLimits {
  /** Admits a request. @throws AppError `rate_limited` with the time to wait. */
  admit(caller: Caller, address: string): Promise<void>;
}
