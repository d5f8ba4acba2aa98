import { formatDollars } from "../format.ts";
import { t } from "../language/language.ts";
import type { Reply } from "../state/types.ts";

/** The tokens that a reply used, and its cost if the price is known. */
export function UsageSummary({ reply }: { reply: Reply }) {
  const { usage, costUsd, model } = reply;
  if (usage === undefined) return null;
  const cachedTokens = usage.cache_read_tokens;
  const inputTokens = usage.input_tokens + cachedTokens + usage.cache_write_tokens;
  const parts = [
    cachedTokens > 0
      ? t("reply.tokensInCached", { tokens: inputTokens, cached: cachedTokens })
      : t("reply.tokensIn", { tokens: inputTokens }),
    t("reply.tokensOut", { tokens: usage.output_tokens }),
    ...(costUsd === undefined ? [] : [formatDollars(costUsd)]),
  ];
  return (
    <p className="usage" title={model}>
      {parts.join(" · ")}
    </p>
  );
}
