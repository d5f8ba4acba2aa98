/** The figures of the whole conversation: those of the snapshot, and of each turn that ends after it. Pure. */
import type { UsageFrame } from "../protocol.ts";
import { type ChatState, NO_TOTAL, type Reply, type Total } from "./types.ts";

interface Figures {
  readonly usage: UsageFrame;
  readonly cost_usd: number | null;
}

export function toTotal({ usage, cost_usd: cost }: Figures): Total {
  return {
    inputTokens: usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
    outputTokens: usage.output_tokens,
    costUsd: cost ?? undefined,
  };
}

export function addToTotal(total: Total, figures: Figures): Total {
  const added = toTotal(figures);
  const isKnown = total.costUsd !== undefined && added.costUsd !== undefined;
  return {
    inputTokens: total.inputTokens + added.inputTokens,
    outputTokens: total.outputTokens + added.outputTokens,
    costUsd: isKnown ? (total.costUsd ?? 0) + (added.costUsd ?? 0) : undefined,
  };
}

export function hasFigures(total: Total): boolean {
  return total.inputTokens + total.outputTokens > NO_TOTAL.inputTokens;
}

/** Returns how full the context of the model was at the last turn that says so. */
export function findContext({ entries }: ChatState): Reply["context"] {
  const last = entries.findLast((entry) => entry.kind === "reply" && entry.context !== undefined);
  return last?.kind === "reply" ? last.context : undefined;
}
