/** What a model is asked: as much of the conversation as it can read beside the tools. Pure. */
import { AppError } from "../errors.ts";
import type { Model, ModelLimits, ModelRequest } from "../model/types.ts";
import { estimateTextTokens, trim } from "./trim.ts";
import type { Message, ToolDefinition } from "./types.ts";

export interface RequestInput {
  readonly model: string;
  readonly system: string;
  readonly tools: readonly ToolDefinition[];
  /** About what the tools' definitions cost in a request. */
  readonly toolTokens: number;
  /** Who asks: callers take turns where model calls have to wait. */
  readonly caller?: string | undefined;
}

export interface RequestLimits {
  readonly maxTokens: number;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly maxConversationMessages: number;
}

/** @throws AppError `too_many_tools`: they leave no room at all. */
export function modelRequest(
  history: readonly Message[],
  current: readonly Message[],
  input: RequestInput,
  limits: RequestLimits,
  port: Pick<Model, "limits">,
): ModelRequest {
  const { model, system, tools, toolTokens, caller } = input;
  const asked = port.limits(model);
  const refit = ({ contextTokens, maxOutputTokens }: ModelLimits) => {
    const maxTokens = Math.min(limits.maxTokens, maxOutputTokens);
    const room = contextTokens - maxTokens - toolTokens - estimateTextTokens(system.length);
    if (room <= 0) return undefined;
    return trim(history, current, { maxMessages: limits.maxConversationMessages, maxTokens: room });
  };
  const messages = refit(asked);
  if (!messages) throw tooManyTools(input, asked.contextTokens);
  return {
    model,
    system,
    messages,
    tools,
    maxTokens: Math.min(limits.maxTokens, asked.maxOutputTokens),
    temperature: limits.temperature,
    topP: limits.topP,
    caller,
    refit,
  };
}

function tooManyTools({ tools, toolTokens, model }: RequestInput, contextTokens: number): AppError {
  return new AppError(
    "too_many_tools",
    `The ${tools.length} tools of this API take about ${toolTokens} tokens, more than the ${contextTokens} that ${model} can read. Offer fewer with --allowed-paths or --excluded-paths.`,
  );
}
