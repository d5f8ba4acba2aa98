import type { Usage } from "../chat/types.ts";
import type { Price } from "./capabilities.ts";

/** USD. Null when the price is unknown, never 0 for that reason. */
export function costOf(price: Price | null, usage: Usage): number | null {
  if (!price) return null;
  return (
    (usage.inputTokens * price.input +
      usage.outputTokens * price.output +
      usage.cacheReadTokens * price.cacheRead +
      usage.cacheWriteTokens * price.cacheWrite) /
    1_000_000
  );
}
