/** Checks the features that only some model families support. */
import { stringifyJson } from "../../src/json.ts";
import { firstRefusal } from "./check-constraints.ts";
import { checkFiles, encodedLength } from "./check-files.ts";
import { type Family, isProfile, overflowMessage } from "./families.ts";
import {
  filterRecords,
  filterStrings,
  isRecord,
  type Json,
  modelError,
  type Refusal,
  validationError,
} from "./refusal.ts";

export interface ModelCall {
  readonly modelId: string;
  readonly streaming: boolean;
  readonly body: Json;
}

export function checkFamily(call: ModelCall, family: Family): Refusal | undefined {
  return firstRefusal([
    () => checkProfile(call.modelId, family),
    () => checkStreaming(call, family),
    () => checkSystem(call.body, family),
    () => checkCache(call.body, family),
    () => checkLifetime(call),
    () => checkTier(call),
    () => checkToolUse(call, family),
    () => checkInference(call.body, family),
    () => checkBlocks(call.body, family),
    () => checkBesideResults(call.body, family),
    () => checkFiles(call.body, family),
    () => checkCallIds(call.body, family),
    () => checkThinking(call.body),
    () => checkLength(call, family),
  ]);
}

function checkProfile(modelId: string, family: Family): Refusal | undefined {
  return family.requiresProfile && !isProfile(modelId)
    ? validationError(
        `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
      )
    : undefined;
}

function checkStreaming({ streaming }: ModelCall, family: Family): Refusal | undefined {
  return streaming && !family.streaming
    ? validationError("The model is unsupported for streaming.")
    : undefined;
}

function checkSystem(body: Json, family: Family): Refusal | undefined {
  const hasSystem =
    filterRecords(body.system).length > 0 ||
    filterRecords(body.messages).some((message) => message.role === "system");
  return hasSystem && !family.system
    ? validationError(
        "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
      )
    : undefined;
}

function checkCache(body: Json, family: Family): Refusal | undefined {
  const tools = isRecord(body.toolConfig) ? body.toolConfig.tools : [];
  const messages = filterRecords(body.messages);
  const counts = {
    tools: countCachePoints(tools),
    system: countCachePoints(body.system),
    messages: messages.reduce((sum, message) => sum + countCachePoints(message.content), 0),
  };
  const total = counts.tools + counts.system + counts.messages;
  const isUnsupported = Object.entries(counts).some(
    ([place, count]) => count > 0 && !family.cache.some((allowed) => allowed === place),
  );
  // Nova, which does not cache tools, refuses a cache point in a message with tool blocks.
  const isNextToToolBlocks =
    !family.cache.includes("tools") &&
    messages.some(
      (message) =>
        countCachePoints(message.content) > 0 &&
        filterRecords(message.content).some((block) => "toolUse" in block || "toolResult" in block),
    );
  if (isUnsupported || isNextToToolBlocks)
    return {
      status: 403,
      type: "AccessDeniedException",
      message:
        "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
    };
  return total > 4
    ? modelError(`A maximum of 4 blocks with cache_control may be provided. Found ${total}.`)
    : undefined;
}

/** Claude 4.5 and newer keep a prefix for an hour, other models do not. */
function checkLifetime({ modelId, body }: ModelCall): Refusal | undefined {
  const hasLifetimes = /claude-(\w+-4-[5-8]|\w+-5)/.test(modelId);
  return !hasLifetimes && stringifyJson(body).includes('"ttl":"1h"')
    ? modelError("cachePoint.ttl: Extra inputs are not permitted")
    : undefined;
}

/** Claude and GPT have the default tier alone. */
function checkTier({ modelId, body }: ModelCall): Refusal | undefined {
  const tier = isRecord(body.serviceTier) ? String(body.serviceTier.type) : "default";
  return tier !== "default" && /anthropic\.|openai\.gpt-[56]/.test(modelId)
    ? validationError(`The service tier '${tier}' is not available for this model.`)
    : undefined;
}

function countCachePoints(blocks: unknown): number {
  return filterRecords(blocks).filter((block) => "cachePoint" in block).length;
}

function checkToolUse({ body, streaming }: ModelCall, family: Family): Refusal | undefined {
  if (!isRecord(body.toolConfig)) return undefined;
  if (!family.tools) return validationError("This model doesn't support tool use.");
  if (streaming && !family.streamingTools)
    return validationError("This model doesn't support tool use in streaming mode.");
  const choice = isRecord(body.toolConfig.toolChoice)
    ? Object.keys(body.toolConfig.toolChoice)[0]
    : undefined;
  return choice !== undefined && !family.toolChoice.some((allowed) => allowed === choice)
    ? validationError(
        `This model doesn't support the toolConfig.toolChoice.${choice} field. Remove toolConfig.toolChoice.${choice} and try again.`,
      )
    : undefined;
}

function checkInference(body: Json, family: Family): Refusal | undefined {
  const config = isRecord(body.inferenceConfig) ? body.inferenceConfig : {};
  if (filterStrings(config.stopSequences).length > 0 && !family.stopSequences)
    return validationError(
      "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
    );
  if (Number(config.maxTokens) > family.maxTokens)
    return validationError(
      `The maximum tokens you requested exceeds the model limit of ${family.maxTokens}. Try again with a maximum tokens value that is lower than ${family.maxTokens}.`,
    );
  if (Number(config.maxTokens) < family.minTokens)
    return modelError(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${family.minTokens}, but got ${config.maxTokens} instead.`,
    );
  for (const [field, name] of [
    ["temperature", "temperature"],
    ["topP", "top_p"],
  ] as const)
    if (family.sampling === "none" && config[field] !== undefined)
      return family.isClaude
        ? modelError(`\`${name}\` is deprecated for this model.`)
        : validationError(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
  return family.sampling === "one" && config.temperature !== undefined && config.topP !== undefined
    ? modelError("`temperature` and `top_p` cannot both be specified for this model. Please use only one.")
    : undefined;
}

function checkBlocks(body: Json, family: Family): Refusal | undefined {
  return firstRefusal(
    filterRecords(body.messages).map((message) => () => {
      const content = filterRecords(message.content);
      if (
        family.isClaude &&
        content.some((block) => typeof block.text === "string" && block.text.trim() === "")
      )
        return modelError("messages: text content blocks must contain non-whitespace text");
      if (
        !family.toolResultStatus &&
        content.some((block) => isRecord(block.toolResult) && block.toolResult.status !== undefined)
      )
        return validationError(
          "This model doesn't support the status field for tool results. Remove status and try again.",
        );
      const otherAt = content.findIndex(
        (block) => "text" in block || "image" in block || "document" in block,
      );
      return family.isClaude &&
        otherAt !== -1 &&
        content.slice(otherAt).some((block) => "toolResult" in block)
        ? modelError("messages: `tool_result` blocks must come before other content in the user turn")
        : undefined;
    }),
  );
}

/** Checks what a user message holds besides tool results, and what an error result holds. */
function checkBesideResults(body: Json, family: Family): Refusal | undefined {
  return firstRefusal(
    filterRecords(body.messages).map((message) => () => {
      const content = filterRecords(message.content);
      const results = content.flatMap((block) => (isRecord(block.toolResult) ? [block.toolResult] : []));
      const others = content.filter((block) => !("toolResult" in block) && !("cachePoint" in block));
      if (results.length === 0) return undefined;
      if (family.besideResults === "nothing" && others.length > 0)
        return validationError(
          "This model doesn't support mixing toolResult blocks with other content blocks in the same user message. Remove the other content blocks and try again.",
        );
      if (family.besideResults === "no_documents" && others.some((block) => "document" in block))
        return modelError("messages: `document` blocks may not be mixed with `tool_result` blocks.");
      const isMixedError = results.some(
        ({ status, content: parts }) =>
          status === "error" && filterRecords(parts).some((part) => !("text" in part)),
      );
      return family.isClaude && isMixedError
        ? modelError("messages: all content must be type `text` if `is_error` is true")
        : undefined;
    }),
  );
}

/** Checks that call ids are unique in the conversation, which Claude requires. */
function checkCallIds(body: Json, family: Family): Refusal | undefined {
  if (!family.isClaude) return undefined;
  const seen = new Set<unknown>();
  for (const [index, message] of filterRecords(body.messages).entries())
    for (const [at, block] of filterRecords(message.content).entries()) {
      if (!isRecord(block.toolUse)) continue;
      if (seen.has(block.toolUse.toolUseId))
        return modelError(`messages.${index}.content.${at}: \`tool_use\` ids must be unique`);
      seen.add(block.toolUse.toolUseId);
    }
  return undefined;
}

function checkThinking(body: Json): Refusal | undefined {
  const fields = isRecord(body.additionalModelRequestFields) ? body.additionalModelRequestFields : {};
  const thinking = isRecord(fields.thinking) ? fields.thinking : {};
  const config = isRecord(body.inferenceConfig) ? body.inferenceConfig : {};
  if (thinking.type !== "enabled") return undefined;
  const choice =
    isRecord(body.toolConfig) && isRecord(body.toolConfig.toolChoice) ? body.toolConfig.toolChoice : {};
  if ("any" in choice || "tool" in choice)
    return modelError("Thinking may not be enabled when tool_choice forces tool use.");
  const budget = Number(thinking.budget_tokens);
  if (!(budget >= 1024))
    return modelError("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
  if (!(budget < Number(config.maxTokens)))
    return modelError("`max_tokens` must be greater than `thinking.budget_tokens`.");
  if (config.temperature !== undefined && config.temperature !== 1)
    return modelError("`temperature` may only be set to 1 when thinking is enabled.");
  const last = filterRecords(body.messages).findLast((message) => message.role === "assistant");
  const content = filterRecords(last?.content);
  return content.some((block) => "toolUse" in block) && !("reasoningContent" in (content[0] ?? {}))
    ? modelError(
        "messages: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.",
      )
    : undefined;
}

/** Checks the length, estimated at four characters, or twenty bytes of a file, per token. */
function checkLength({ body, modelId }: ModelCall, family: Family): Refusal | undefined {
  const blocks = filterRecords(body.messages).flatMap(({ content }) => filterRecords(content));
  const files = blocks.reduce((sum, block) => sum + encodedLength(block), 0);
  const text = stringifyJson(body.messages ?? []).length - files;
  const tokens = Math.ceil(text / 4 + (files * 0.75) / 20);
  return tokens > family.contextTokens ? validationError(overflowMessage(modelId)) : undefined;
}
