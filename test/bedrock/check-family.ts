/** What only some model families take. */
import { stringifyJson } from "../../src/json.ts";
import { first } from "./check-constraints.ts";
import { checkFiles, fileLength } from "./check-files.ts";
import { type Family, isProfile, overflowText } from "./families.ts";
import { invalid, isRecord, type Json, modelSays, type Refusal, records, strings } from "./refusal.ts";

export interface Call {
  readonly modelId: string;
  readonly streaming: boolean;
  readonly body: Json;
}

export function checkFamily(call: Call, family: Family): Refusal | undefined {
  return first([
    () => checkProfile(call.modelId, family),
    () => checkStreaming(call, family),
    () => checkSystem(call.body, family),
    () => checkCache(call.body, family),
    () => checkToolUse(call, family),
    () => checkInference(call.body, family),
    () => checkBlocks(call.body, family),
    () => checkFiles(call.body, family),
    () => checkCallIds(call.body, family),
    () => checkThinking(call.body),
    () => checkLength(call, family),
  ]);
}

function checkProfile(modelId: string, family: Family): Refusal | undefined {
  return family.profile && !isProfile(modelId)
    ? invalid(
        `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
      )
    : undefined;
}

function checkStreaming({ streaming }: Call, family: Family): Refusal | undefined {
  return streaming && !family.streaming ? invalid("The model is unsupported for streaming.") : undefined;
}

function checkSystem(body: Json, family: Family): Refusal | undefined {
  const asked =
    records(body.system).length > 0 || records(body.messages).some((message) => message.role === "system");
  return asked && !family.system
    ? invalid(
        "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
      )
    : undefined;
}

function checkCache(body: Json, family: Family): Refusal | undefined {
  const tools = isRecord(body.toolConfig) ? body.toolConfig.tools : [];
  const messages = records(body.messages);
  const places = {
    tools: cachePoints(tools),
    system: cachePoints(body.system),
    messages: messages.reduce((sum, message) => sum + cachePoints(message.content), 0),
  };
  const total = places.tools + places.system + places.messages;
  const refused = Object.entries(places).some(
    ([place, count]) => count > 0 && !family.cache.some((allowed) => allowed === place),
  );
  // Nova takes no cachePoint in a message that holds tool blocks.
  const besideTools =
    !family.claude &&
    messages.some(
      (message) =>
        cachePoints(message.content) > 0 &&
        records(message.content).some((block) => "toolUse" in block || "toolResult" in block),
    );
  if (refused || besideTools)
    return {
      status: 403,
      type: "AccessDeniedException",
      message:
        "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
    };
  return total > 4
    ? modelSays(`A maximum of 4 blocks with cache_control may be provided. Found ${total}.`)
    : undefined;
}

function cachePoints(blocks: unknown): number {
  return records(blocks).filter((block) => "cachePoint" in block).length;
}

function checkToolUse({ body, streaming }: Call, family: Family): Refusal | undefined {
  if (!isRecord(body.toolConfig)) return undefined;
  if (!family.tools) return invalid("This model doesn't support tool use.");
  if (streaming && !family.streamingTools)
    return invalid("This model doesn't support tool use in streaming mode.");
  const choice = isRecord(body.toolConfig.toolChoice)
    ? Object.keys(body.toolConfig.toolChoice)[0]
    : undefined;
  return choice !== undefined && !family.toolChoice.some((allowed) => allowed === choice)
    ? invalid(
        `This model doesn't support the toolConfig.toolChoice.${choice} field. Remove toolConfig.toolChoice.${choice} and try again.`,
      )
    : undefined;
}

function checkInference(body: Json, family: Family): Refusal | undefined {
  const config = isRecord(body.inferenceConfig) ? body.inferenceConfig : {};
  if (strings(config.stopSequences).length > 0 && !family.stopSequences)
    return invalid("This model doesn't support the stopSequences field. Remove stopSequences and try again.");
  if (Number(config.maxTokens) > family.maxTokens)
    return invalid(
      `The maximum tokens you requested exceeds the model limit of ${family.maxTokens}. Try again with a maximum tokens value that is lower than ${family.maxTokens}.`,
    );
  if (family.sampling === "none" && config.temperature !== undefined)
    return modelSays("`temperature` is deprecated for this model.");
  if (family.sampling === "none" && config.topP !== undefined)
    return modelSays("`top_p` is deprecated for this model.");
  return family.sampling === "one" && config.temperature !== undefined && config.topP !== undefined
    ? modelSays("`temperature` and `top_p` cannot both be specified for this model. Please use only one.")
    : undefined;
}

function checkBlocks(body: Json, family: Family): Refusal | undefined {
  return first(
    records(body.messages).map((message) => () => {
      const content = records(message.content);
      if (
        family.claude &&
        content.some((block) => typeof block.text === "string" && block.text.trim() === "")
      )
        return modelSays("messages: text content blocks must contain non-whitespace text");
      if (
        !family.status &&
        content.some((block) => isRecord(block.toolResult) && block.toolResult.status !== undefined)
      )
        return invalid(
          "This model doesn't support the status field for tool results. Remove status and try again.",
        );
      const otherAt = content.findIndex(
        (block) => "text" in block || "image" in block || "document" in block,
      );
      return family.claude && otherAt !== -1 && content.slice(otherAt).some((block) => "toolResult" in block)
        ? modelSays("messages: `tool_result` blocks must come before other content in the user turn")
        : undefined;
    }),
  );
}

/** Claude reads a conversation as one: no id may come back in it. */
function checkCallIds(body: Json, family: Family): Refusal | undefined {
  if (!family.claude) return undefined;
  const seen = new Set<unknown>();
  for (const [index, message] of records(body.messages).entries())
    for (const [at, block] of records(message.content).entries()) {
      if (!isRecord(block.toolUse)) continue;
      if (seen.has(block.toolUse.toolUseId))
        return modelSays(`messages.${index}.content.${at}: \`tool_use\` ids must be unique`);
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
    return modelSays("Thinking may not be enabled when tool_choice forces tool use.");
  const budget = Number(thinking.budget_tokens);
  if (!(budget >= 1024))
    return modelSays("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
  if (!(budget < Number(config.maxTokens)))
    return modelSays("`max_tokens` must be greater than `thinking.budget_tokens`.");
  if (config.temperature !== undefined && config.temperature !== 1)
    return modelSays("`temperature` may only be set to 1 when thinking is enabled.");
  const last = records(body.messages).findLast((message) => message.role === "assistant");
  const content = records(last?.content);
  return content.some((block) => "toolUse" in block) && !("reasoningContent" in (content[0] ?? {}))
    ? modelSays(
        "messages: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.",
      )
    : undefined;
}

/** Four characters to the token, and twenty bytes of a file, as near as it needs to be. */
function checkLength({ body, modelId }: Call, family: Family): Refusal | undefined {
  const blocks = records(body.messages).flatMap(({ content }) => records(content));
  const files = blocks.reduce((sum, block) => sum + fileLength(block), 0);
  const text = stringifyJson(body.messages ?? []).length - files;
  const tokens = Math.ceil(text / 4 + (files * 0.75) / 20);
  return tokens > family.contextTokens ? invalid(overflowText(modelId)) : undefined;
}
