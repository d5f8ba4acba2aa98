/** What a model is asked: as much of the conversation as it can read beside the tools. Pure. */
import { AppError } from "../../errors.ts";
import type { Model, ModelLimits, ModelRequest } from "../../model/types.ts";
import { attachmentLimits, planAttachments } from "../attachments/plan-attachments.ts";
import { describeUnsupported, hasAttachments, renderAttachments } from "../attachments/render-attachments.ts";
import { type ChunkingStrategy, formatChunk, splitIntoChunks } from "../chunking/chunk.ts";
import { estimateAllTokens, estimateTextTokens } from "../tokens.ts";
import type { Message, ToolDefinition } from "../types.ts";
import { createSummaryMessage, type HistoryWindow } from "./history-window.ts";
import { type TrimStrategy, trim } from "./trim.ts";

export interface RequestInput {
  readonly model: string;
  readonly system: string;
  readonly tools: readonly ToolDefinition[];
  /** About what the tools' definitions cost in a request. */
  readonly toolTokens: number;
  /** Who asks: callers take turns where model calls have to wait. */
  readonly caller?: string | undefined;
  /** For traces. */
  readonly session?: string | undefined;
  /** The bytes of an attached file; undefined: it is no longer kept. Default: none is. */
  readonly file?: ((id: string) => Uint8Array | undefined) | undefined;
  /** Texts at which the model stops, besides those of the settings. */
  readonly stopSequences?: readonly string[] | undefined;
}

export interface RequestLimits {
  readonly maxTokens: number;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly maxConversationMessages: number;
  readonly conversationStrategy: TrimStrategy;
  /** Whether the system prompt is sent even when the oldest messages are left out. */
  readonly preserveSystemMessage: boolean;
  readonly enableMessageChunking: boolean;
  /** Characters of a user message beyond which it is sent in pieces. */
  readonly maxMessageSize: number;
  readonly chunkSize: number;
  readonly chunkOverlap: number;
  readonly chunkingStrategy: ChunkingStrategy;
}

/** How long the model's tokens are, and what was found to be too many for it. */
export interface TokenCalibration {
  /** Tokens the model counts for one that was estimated. */
  readonly ratio: number;
  /** Estimated tokens the messages may take, whatever the model is said to read. */
  readonly maxTokens: number;
}

const UNCALIBRATED: TokenCalibration = { ratio: 1, maxTokens: Number.POSITIVE_INFINITY };

/** @throws AppError `too_many_tools`: they leave no room at all. */
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
    const room = messageTokenBudget(input, limits, model, calibration.ratio);
    if (room === undefined) return undefined;
    const maxTokens = Math.min(room, calibration.maxTokens) - estimateAllTokens(summary);
    const { maxConversationMessages: maxMessages, conversationStrategy: strategy } = limits;
    const plan = planFor(model, room);
    const render = (messages: readonly Message[]) =>
      messages.map((one) => renderAttachments(one, plan, file));
    const trimLimits = { strategy, maxMessages, maxTokens };
    return trim(render(history.messages), render(current), trimLimits, history.skipped);
  };
  const toSentMessages = (seen: readonly Message[]) => [
    ...summary,
    ...seen.flatMap((one) => splitLongMessage(one, limits)),
  ];
  const seen = refit(modelLimits);
  if (!seen) throw tooManyToolsError(input, modelLimits.contextTokens);
  const isComplete = history.skipped === 0 && seen.length === history.messages.length + current.length;
  return {
    model,
    system: isComplete || limits.preserveSystemMessage ? system : "",
    messages: toSentMessages(seen),
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
        const room = messageTokenBudget(input, limits, model, calibration.ratio);
        return room === undefined ? undefined : describeUnsupported(current, planFor(model, room));
      },
    }),
  };
}

/** Estimated tokens that are left for the messages; undefined: none, for so many tools. */
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

/** Of all that a request holds; 0, from which nothing is learned, where files make it a guess. */
export function estimateRequestTokens({ system, messages }: ModelRequest, toolTokens: number): number {
  if (messages.some((message) => message.role === "user" && message.files)) return 0;
  return estimateTextTokens(system.length) + toolTokens + estimateAllTokens(messages);
}

/** A user message beyond the limit as several, which go to the model as one turn; the stored one stays whole. */
function splitLongMessage(message: Message, limits: RequestLimits): readonly Message[] {
  const { enableMessageChunking, maxMessageSize, chunkSize, chunkOverlap, chunkingStrategy } = limits;
  if (message.role !== "user" || !enableMessageChunking || message.text.length <= maxMessageSize)
    return [message];
  const pieces = splitIntoChunks(message.text, { strategy: chunkingStrategy, chunkSize, chunkOverlap });
  const { files: _, ...plain } = message;
  // The files once, with the first.
  return pieces.map((piece, index) => ({ ...(index === 0 ? message : plain), text: formatChunk(piece) }));
}

function tooManyToolsError({ tools, toolTokens, model }: RequestInput, contextTokens: number): AppError {
  return new AppError(
    "too_many_tools",
    `The ${tools.length} tools offered here take about ${toolTokens} tokens, more than the ${contextTokens} that ${model} can read. Offer fewer with --allowed-paths, --allowed-tags or --allowed-operations.`,
  );
}
