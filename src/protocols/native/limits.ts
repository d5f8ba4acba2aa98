/** Encodes the limits of a client. Pure. */
import { selectOwnLimits } from "../../access/limits/states.ts";
import type { LimitState } from "../../access/limits/types.ts";
import type { ServerFrame } from "./types.ts";

export function encodeLimits(states: readonly LimitState[]): Extract<ServerFrame, { type: "limits" }> {
  const limits = selectOwnLimits(states).map(({ scope, kind, limit, unit, remaining, resetsAt }) => ({
    scope,
    kind,
    limit,
    ...(unit !== undefined && { period: unit }),
    ...(remaining !== undefined && { remaining }),
    ...(resetsAt !== undefined && { resets_at: new Date(resetsAt).toISOString() }),
  }));
  return { type: "limits", limits };
}
