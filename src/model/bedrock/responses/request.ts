/** Builds the body of a request of the Responses API. */
import type { ToolDefinition } from "../../../chat/types.ts";
import type { Capabilities } from "../../capabilities-columns.ts";
import type { ModelRequest } from "../../types.ts";
import { toConverseMessages } from "../messages.ts";
import { omitParameters } from "../omit-fields.ts";
import { isReasoning, planReasoning } from "../reasoning.ts";
import { type RequestOptions, selectSampling, uniqueTools } from "../request.ts";
import { planToolChoice } from "../tool-choice.ts";
import { renderCallsAsText } from "../tool-text.ts";
import { addBreakpoints } from "./breakpoints.ts";
import { toInputItems } from "./items.ts";
import type { InputItem, ResponsesBody, ResponsesTool } from "./types.ts";

/** The smallest `max_output_tokens`. */
const MIN_OUTPUT_TOKENS = 16;

export function buildResponsesBody(
  request: ModelRequest,
  capabilities: Capabilities,
  options: RequestOptions,
): ResponsesBody {
  const tools = uniqueTools(request.tools).map((tool) =>
    toolCache.getOrInsertComputed(tool, createFunctionTool),
  );
  const history = tools.length === 0 ? renderCallsAsText(request.messages) : request.messages;
  const replay = isReasoning(capabilities, options) ? capabilities.reasoningReplay : "none";
  const messages = toConverseMessages(history, request.model, capabilities, replay);
  const reasoning = planReasoning(request, messages, capabilities, options);
  const { toolChoice, instruction } = planToolChoice(request, capabilities, false);
  const system = [request.system, instruction].filter((text) => text.trim() !== "").join("\n\n");
  const hasBreakpoints = options.cachePoints !== false && capabilities.cacheBreakpoints;
  const input = toInputItems(messages, hasBreakpoints);
  const sampling = selectSampling(request, capabilities);
  const tier = capabilities.serviceTiers.find((name) => name === options.serviceTier);
  const parameters = omitParameters(
    {
      ...(hasBreakpoints && { prompt_cache_options: { mode: "explicit" as const } }),
      ...(request.session !== undefined &&
        options.cachePoints !== false && { prompt_cache_key: hashSession(request.session) }),
      ...(sampling.temperature !== undefined && { temperature: sampling.temperature }),
      ...(sampling.topP !== undefined && { top_p: sampling.topP }),
      ...(reasoning.effort !== undefined && { reasoning: { effort: reasoning.effort } }),
      ...(replay !== "none" && { include: ["reasoning.encrypted_content"] }),
      ...(tier !== undefined && { service_tier: tier }),
    },
    capabilities.omittedFields,
  );
  return {
    model: request.model,
    ...(hasBreakpoints
      ? { input: addBreakpoints([...developerItems(system), ...input]) }
      : { ...(system !== "" && { instructions: system.toWellFormed() }), input }),
    ...(tools.length > 0 && { tools }),
    ...(toolChoice && { tool_choice: toToolChoice(toolChoice) }),
    max_output_tokens: Math.max(MIN_OUTPUT_TOKENS, reasoning.maxTokens ?? request.maxTokens),
    ...parameters,
    store: false,
    stream: true,
  };
}

/** Returns the system prompt as a message. `instructions` cannot have a breakpoint. */
function developerItems(system: string): readonly InputItem[] {
  if (system === "") return [];
  return [{ role: "developer", content: [{ type: "input_text", text: system.toWellFormed() }] }];
}

const toolCache = new WeakMap<ToolDefinition, ResponsesTool>();

function createFunctionTool({ name, description, inputSchema }: ToolDefinition): ResponsesTool {
  return {
    type: "function",
    name,
    ...(description.trim() !== "" && { description }),
    parameters: inputSchema,
    strict: false,
  };
}

function toToolChoice(
  choice: NonNullable<ReturnType<typeof planToolChoice>["toolChoice"]>,
): NonNullable<ResponsesBody["tool_choice"]> {
  return "tool" in choice ? { type: "function", name: choice.tool.name } : "required";
}

/** Requests with the same key are sent to the same machine, which has the prefix in its cache. */
function hashSession(session: string): string {
  return Bun.hash(session).toString(36);
}
