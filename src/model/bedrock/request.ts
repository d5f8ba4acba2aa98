/** Builds the body of a Converse request from a model request and the capabilities of the model. */
import type { ToolDefinition } from "../../chat/types.ts";
import type { Capabilities } from "../capabilities.ts";
import type { ModelRequest } from "../types.ts";
import { addBodyOptions, type BodyOptions } from "./body-options.ts";
import { toConverseMessages } from "./messages.ts";
import { isReasoning, planReasoning } from "./reasoning.ts";
import { dropEncryptedReasoning } from "./responses/encrypted-reasoning.ts";
import { planToolChoice } from "./tool-choice.ts";
import { renderCallsAsText } from "./tool-text.ts";
import type { BedrockOptions, ConverseBody, ToolBlock } from "./types.ts";

export type RequestOptions = BodyOptions &
  Pick<BedrockOptions, "stopSequences" | "guardrail" | "reasoningTokens" | "reasoningEffort">;

export function buildConverseBody(
  request: ModelRequest,
  capabilities: Capabilities,
  options: RequestOptions,
): ConverseBody {
  const tools = toolBlocks(request.tools);
  // Tool blocks in the history require a toolConfig, which a request without tools does not have.
  const history = tools.length === 0 ? renderCallsAsText(request.messages) : request.messages;
  const replay = isReasoning(capabilities, options) ? capabilities.reasoningReplay : "none";
  const converted = toConverseMessages(history, request.model, capabilities, replay);
  const messages = capabilities.reasoning === "effort_object" ? dropEncryptedReasoning(converted) : converted;
  const reasoning = planReasoning(request, messages, capabilities, options);
  const stopSequences = capabilities.stopSequences
    ? [...(options.stopSequences ?? []), ...(request.stopSequences ?? [])]
    : [];
  const { toolChoice, instruction } = planToolChoice(request, capabilities, reasoning.isOn);
  const system = [request.system, instruction].filter((text) => text.trim() !== "").join("\n\n");
  const body: ConverseBody = {
    messages,
    ...(system !== "" && { system: [{ text: system.toWellFormed() }] }),
    inferenceConfig: {
      ...(reasoning.maxTokens !== undefined && { maxTokens: reasoning.maxTokens }),
      ...(!(reasoning.isOn && reasoning.fields) && selectSampling(request, capabilities)),
      ...(stopSequences.length > 0 && { stopSequences }),
    },
    ...(tools.length > 0 && { toolConfig: { tools, ...(toolChoice && { toolChoice }) } }),
    ...(options.guardrail && {
      guardrailConfig: {
        guardrailIdentifier: options.guardrail.id,
        guardrailVersion: options.guardrail.version,
        // Only the trace contains the reason of an intervention.
        trace: "enabled",
      },
    }),
    ...(reasoning.fields && { additionalModelRequestFields: reasoning.fields }),
  };
  return addBodyOptions(body, capabilities, options);
}

export function selectSampling({ temperature, topP }: ModelRequest, { sampling }: Capabilities) {
  if (sampling === "none") return {};
  if (sampling === "one" && temperature !== undefined) return { temperature };
  return { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { topP }) };
}

/** Caches the blocks per list of tools and per tool; body.ts caches their JSON per block. */
const toolBlockCache = new WeakMap<readonly ToolDefinition[], readonly ToolBlock[]>();
const blockCache = new WeakMap<ToolDefinition, ToolBlock>();

function toolBlocks(tools: readonly ToolDefinition[]): readonly ToolBlock[] {
  return toolBlockCache.getOrInsertComputed(tools, createToolBlocks);
}

function createToolBlocks(tools: readonly ToolDefinition[]): readonly ToolBlock[] {
  return uniqueTools(tools).map((tool) => blockCache.getOrInsertComputed(tool, createToolBlock));
}

/** Keeps the first tool of each name: models reject a request with duplicates. */
export function uniqueTools(tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
  const unique = new Map(tools.map((tool) => [tool.name, tool] as const).reverse());
  return tools.filter((tool) => unique.get(tool.name) === tool);
}

function createToolBlock({ name, description, inputSchema }: ToolDefinition): ToolBlock {
  return {
    toolSpec: {
      name,
      ...(description.trim() !== "" && { description }),
      inputSchema: { json: inputSchema },
    },
  };
}
