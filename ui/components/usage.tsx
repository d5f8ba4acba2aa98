import { dollars } from "../format.ts";
import type { Answer } from "../state/types.ts";

/** What an answer cost: tokens, and money where the price is known. */
export function Figures({ answer }: { answer: Answer }) {
  const { usage, costUsd, model } = answer;
  if (usage === undefined) return null;
  const read = usage.cache_read_tokens;
  const sent = usage.input_tokens + read + usage.cache_write_tokens;
  const parts = [
    `${sent.toLocaleString("en-US")} tokens in${read > 0 ? ` (${read.toLocaleString("en-US")} cached)` : ""}`,
    `${usage.output_tokens.toLocaleString("en-US")} out`,
    ...(costUsd === undefined ? [] : [dollars(costUsd)]),
  ];
  return (
    <p className="figures" title={model}>
      {parts.join(" · ")}
    </p>
  );
}
