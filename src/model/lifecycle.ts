/** Describes the end of a model's life. */
import type { Capabilities } from "./capabilities-columns.ts";

/**
 * Returns a predicate about a model that is legacy, ends, or has ended, and its successor; undefined for other models.
 * @param today in ISO 8601.
 */
export function describeLifecycle(
  { legacySince, endOfLife, successor }: Pick<Capabilities, "legacySince" | "endOfLife" | "successor">,
  today: string,
): string | undefined {
  if (endOfLife === undefined) return undefined;
  const instead = successor === undefined ? "Use another model." : `Use ${successor}.`;
  // A month or a year counts as over when it has begun.
  if (endOfLife <= today.slice(0, endOfLife.length))
    return `reached the end of its life (${endOfLife}), and Bedrock refuses it. ${instead}`;
  const isLegacy = legacySince !== undefined && legacySince <= today.slice(0, legacySince.length);
  return `${isLegacy ? `is legacy since ${legacySince}, new customers cannot use it, and it` : ""} reaches the end of its life on ${endOfLife}. ${instead}`.trim();
}
