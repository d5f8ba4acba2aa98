import { formatDollars } from "../format.ts";
import type { Reply } from "../state/types.ts";

/** The tokens that a reply used, and its cost if the price is known. */
export function UsageSummary({ reply }: { reply: Reply }) {
  const { usage, costUsd, model } = reply;
  if (usage === undefined) return null;
  const cachedTokens = usage.cache_read_tokens;
  const inputTokens = usage.input_tokens + cachedTokens + usage.cache_write_tokens;
  const parts = [
    `${inputTokens.toLocaleString("en-US")} tokens in${cachedTokens > 0 ? ` (${cachedTokens.toLocaleString("en-US")} cached)` : ""}`,
    `${usage.output_tokens.toLocaleString("en-US")} out`,
    ...(costUsd === undefined ? [] : [formatDollars(costUsd)]),
  ];
  return (
    <p className="usage" title={model}>
      {parts.join(" · ")}
    </p>
  );
}
