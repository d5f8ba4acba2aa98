import { formatDollars } from "../format.ts";
import type { Reply } from "../state/types.ts";

/** What an answer cost: tokens, and money where the price is known. */
export function UsageSummary({ answer }: { answer: Reply }) {
  const { usage, costUsd, model } = answer;
  if (usage === undefined) return null;
  const cachedTokens = usage.cache_read_tokens;
  const inputTokens = usage.input_tokens + cachedTokens + usage.cache_write_tokens;
  const parts = [
    `${inputTokens.toLocaleString("en-US")} tokens in${cachedTokens > 0 ? ` (${cachedTokens.toLocaleString("en-US")} cached)` : ""}`,
    `${usage.output_tokens.toLocaleString("en-US")} out`,
    ...(costUsd === undefined ? [] : [formatDollars(costUsd)]),
  ];
  return (
    <p className="figures" title={model}>
      {parts.join(" · ")}
    </p>
  );
}
