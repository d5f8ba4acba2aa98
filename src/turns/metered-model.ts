/** Counts the model calls of a turn against its budgets. */
import type { TurnBudget, UsageAmount } from "../access/limits/types.ts";
import { estimateRequestTokens } from "../chat/context/request.ts";
import { estimateTextTokens } from "../chat/tokens.ts";
import type { TurnPorts } from "../chat/turn.ts";
import type { ModelUsage, Usage } from "../chat/types.ts";
import { NO_USAGE } from "../chat/usage.ts";
import type { ModelEvent, ModelRequest } from "../model/types.ts";
import { replaceStream, type TurnModel } from "./turn-model.ts";

/** The usage that is expected of the first call, in addition to the definitions of tools. */
const FIRST_CALL: Usage = { ...NO_USAGE, inputTokens: 1500, outputTokens: 500 };

export interface MeteredModel {
  readonly model: TurnModel;
  readonly reserveCall: NonNullable<TurnPorts["reserveCall"]>;
}

/**
 * Returns the model with each call settled when it ends, and the function that reserves the next call. Of a call without an
 * end, what it has probably used counts: a client that stops every turn before its end would use nothing otherwise.
 */
export function meterModel(
  model: TurnModel,
  { id, toolTokens }: { readonly id: string; readonly toolTokens: number },
  budget: TurnBudget,
): MeteredModel {
  const first = { ...FIRST_CALL, inputTokens: FIRST_CALL.inputTokens + toolTokens };
  let expected = toAmount(model, [{ model: id, usage: first }]);
  const settle = async (spent: UsageAmount) => {
    if (spent.tokens > 0) expected = spent;
    await budget.settle(spent);
  };
  return {
    reserveCall: () => budget.reserve(expected),
    model: replaceStream(model, async function* stream(request, signal) {
      const seen = new CallProgress(request, toolTokens);
      try {
        for await (const event of model.stream(request, signal)) {
          seen.add(event);
          yield event;
        }
      } finally {
        await settle(toAmount(model, seen.spent(signal)));
      }
    }),
  };
}

/** Returns the tokens and the cost of model calls. A model of unknown price costs its estimate. */
export function toAmount(
  { cost, estimateCost }: Pick<TurnModel, "cost" | "estimateCost">,
  spent: readonly ModelUsage[],
): UsageAmount {
  let [tokens, usd] = [0, 0];
  for (const { model, usage } of spent) {
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
    tokens += inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
    usd += cost(model, usage) ?? estimateCost?.(model, usage) ?? 0;
  }
  return { tokens, microUsd: Math.ceil(usd * 1e6) };
}

/** What one call has sent so far. */
class CallProgress {
  readonly #request: ModelRequest;
  readonly #toolTokens: number;
  #characters = 0;
  #end: ModelUsage | undefined;

  constructor(request: ModelRequest, toolTokens: number) {
    this.#request = request;
    this.#toolTokens = toolTokens;
  }

  add(event: ModelEvent): void {
    if (event.type === "text" || event.type === "reasoning") this.#characters += event.text.length;
    else if (event.type === "end")
      this.#end = { model: event.model ?? this.#request.model, usage: event.usage };
  }

  /** Returns the usage. A call that failed before its first text, and was not stopped, is not billed. */
  spent({ aborted }: AbortSignal): readonly ModelUsage[] {
    if (this.#end) return [this.#end];
    if (this.#characters === 0 && !aborted) return [];
    const inputTokens = estimateRequestTokens(this.#request, this.#toolTokens);
    const usage = { ...NO_USAGE, inputTokens, outputTokens: estimateTextTokens(this.#characters) };
    return [{ model: this.#request.model, usage }];
  }
}
