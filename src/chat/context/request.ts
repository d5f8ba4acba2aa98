/** Builds model requests: as much of the conversation as the model can read in addition to the tools. Pure. */
import { AppError } from "../../errors.ts";
import type { Model, ModelLimits, ModelRequest } from "../../model/types.ts";
import { attachmentLimits, planAttachments } from "../attachments/plan-attachments.ts";
import { describeUnsupported, hasAttachments, renderAttachments } from "../attachments/render-attachments.ts";
import { type LongMessageLimits, splitLongMessage } from "../chunking/long-messages.ts";
import { estimateAllTokens, estimateTextTokens } from "../tokens.ts";
import type { Message, ToolDefinition } from "../types.ts";
import { createSummaryMessage, type HistoryWindow } from "./history-window.ts";
import { type TrimStrategy, trim } from "./trim.ts";

export interface RequestInput {
  readonly model: string;
  readonly system: string;
  readonly tools: readonly ToolDefinition[];
  /** Estimated tokens of the tool definitions. */
  readonly toolTokens: number;
  /** The caller. Queued model calls are scheduled fairly among callers. */
  readonly caller?: string | undefined;
  /** For traces. */
  readonly session?: string | undefined;
  /** Returns the bytes of an attached file, or undefined when it is no longer stored. Default: no file is stored. */
  readonly file?: ((id: string) => Uint8Array | undefined) | undefined;
  /** The reply is JSON, which no text may follow. */
  readonly isStructured?: boolean | undefined;
  /** Stop sequences in addition to those of the settings. */
  readonly stopSequences?: readonly string[] | undefined;
}

export interface RequestLimits extends LongMessageLimits {
  readonly maxTokens: number;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly maxConversationMessages: number;
  readonly conversationStrategy: TrimStrategy;
  /** Sends the system prompt even when the oldest messages are dropped. */
  readonly preserveSystemMessage: boolean;
}

/** Corrections to the token estimate, learned from the model's replies. */
export interface TokenCalibration {
  /** Tokens that the model counts for each estimated token. */
  readonly ratio: number;
  /** Estimated tokens that the messages may take, regardless of the model's declared context. */
  readonly maxTokens: number;
}

const UNCALIBRATED: TokenCalibration = { ratio: 1, maxTokens: Number.POSITIVE_INFINITY };

/** @throws AppError `too_many_tools` when the tools leave no tokens for messages. */
export function buildModelRequest(
  history: HistoryWindow,
  current: readonly Message[],
  input: RequestInput,
  limits: RequestLimits,
  port: Pick<Model, "limits">,
  calibration: TokenCalibration = UNCALIBRATED,
): ModelRequest {
  const { model, system, tools, caller, file = () => undefined } = input;
  const modelLimits = port.limits(model);
  const summary = history.summary === undefined ? [] : [createSummaryMessage(history.summary)];
  const planFor = (model: ModelLimits, budget: number) =>
    planAttachments(
      [...history.messages, ...current],
      attachmentLimits(model, budget, calibration.maxTokens, limits.maxMessageSize),
      (id) => file(id) !== undefined,
    );
  const refit = (model: ModelLimits) => {
    const budget = messageTokenBudget(input, limits, model, calibration.ratio);
    if (budget === undefined) return undefined;
    const maxTokens = Math.min(budget, calibration.maxTokens) - estimateAllTokens(summary);
    const { maxConversationMessages: maxMessages, conversationStrategy: strategy } = limits;
    const plan = planFor(model, budget);
    const render = (messages: readonly Message[]) =>
      messages.map((message) => renderAttachments(message, plan, file));
    const trimLimits = { strategy, maxMessages, maxTokens };
    return trim(render(history.messages), render(current), trimLimits, history.skipped);
  };
  const toSentMessages = (visible: readonly Message[]) => [
    ...summary,
    ...visible.flatMap((message) => splitLongMessage(message, limits)),
  ];
  const visible = refit(modelLimits);
  if (!visible) throw tooManyToolsError(input, modelLimits.contextTokens);
  const isComplete = history.skipped === 0 && visible.length === history.messages.length + current.length;
  return {
    model,
    system: isComplete || limits.preserveSystemMessage ? system : "",
    messages: toSentMessages(visible),
    tools,
    maxTokens: Math.min(limits.maxTokens, modelLimits.maxOutputTokens),
    temperature: limits.temperature,
    topP: limits.topP,
    stopSequences: input.stopSequences,
    caller,
    session: input.session,
    refit: (model) => {
      const refitted = refit(model);
      return refitted && toSentMessages(refitted);
    },
    ...(hasAttachments(current) && {
      unsupportedAttachments: (model: ModelLimits) => {
        const budget = messageTokenBudget(input, limits, model, calibration.ratio);
        return budget === undefined ? undefined : describeUnsupported(current, planFor(model, budget));
      },
    }),
  };
}

/** Returns the estimated tokens available for messages, or undefined when the tools leave none. */
export function messageTokenBudget(
  { toolTokens, system }: Pick<RequestInput, "toolTokens" | "system">,
  limits: Pick<RequestLimits, "maxTokens">,
  { contextTokens, maxOutputTokens }: ModelLimits,
  ratio: number,
): number | undefined {
  const inputTokens = contextTokens - Math.min(limits.maxTokens, maxOutputTokens);
  const fixedTokens = toolTokens + estimateTextTokens(system.length);
  if (fixedTokens >= inputTokens) return undefined;
  return Math.max(1, Math.floor(inputTokens / ratio) - fixedTokens);
}

/** Estimates the tokens of a request. Returns 0 for a request with files, whose estimate is too rough to calibrate with. */
export function estimateRequestTokens({ system, messages }: ModelRequest, toolTokens: number): number {
  if (messages.some((message) => message.role !== "assistant" && message.files)) return 0;
  return estimateTextTokens(system.length) + toolTokens + estimateAllTokens(messages);
}

function tooManyToolsError({ tools, toolTokens, model }: RequestInput, contextTokens: number): AppError {
  return new AppError(
    "too_many_tools",
    `The ${tools.length} tools take about ${toolTokens} tokens, but ${model} reads at most ${contextTokens}. Please contact support.`,
    { detail: "Offer fewer tools with --allowed-paths, --allowed-tags or --allowed-operations." },
  );
}
