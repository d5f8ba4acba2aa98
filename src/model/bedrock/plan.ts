/** Plans a call: the body that fits the model, and the decoder for its response. */
import { bareModelId, type Capabilities } from "../capabilities.ts";
import type { ModelRequest } from "../types.ts";
import type { ServiceCall } from "./call-service.ts";
import { inlineSystemPrompt } from "./inline-system-prompt.ts";
import { describeToolsInPrompt, readPromptedCalls } from "./prompted-tools.ts";
import { buildConverseBody } from "./request.ts";
import { buildResponsesBody } from "./responses/request.ts";
import { chooseApi } from "./surface.ts";
import { convertTextCalls } from "./text-calls.ts";
import type { BedrockOptions, EventBatch } from "./types.ts";

export interface RequestPlan {
  readonly call: ServiceCall;
  readonly decode: (batches: AsyncIterable<EventBatch>) => AsyncIterable<EventBatch>;
}

/** Plans a request for a model with these capabilities. @param newId creates ids for calls written as text. */
export function planRequest(
  request: ModelRequest,
  capabilities: Capabilities,
  options: BedrockOptions,
  newId: () => string,
): RequestPlan {
  const usesPromptedTools = capabilities.tools === "none" && request.tools.length > 0;
  const withoutTools = usesPromptedTools ? describeToolsInPrompt(request) : request;
  const fitted = capabilities.systemPrompt ? withoutTools : inlineSystemPrompt(withoutTools);
  const { idleTimeoutMs } = options;
  const isConverse = chooseApi(request.model, capabilities, options) === "converse";
  const streaming =
    !isConverse ||
    (capabilities.streaming && (fitted.tools.length === 0 || capabilities.tools === "streaming"));
  return {
    call: isConverse
      ? {
          api: "converse",
          model: request.model,
          body: buildConverseBody(fitted, capabilities, options),
          streaming,
          idleTimeoutMs,
        }
      : { api: "responses", ...planResponses(fitted, capabilities, options), idleTimeoutMs },
    decode: (batches) => {
      if (usesPromptedTools) return readPromptedCalls(batches, newId);
      return streaming ? batches : readTextCalls(batches, request, newId);
    },
  };
}

/** bedrock-mantle knows bare model ids only. */
function planResponses(request: ModelRequest, capabilities: Capabilities, options: BedrockOptions) {
  const { endpoint, mantlePaths } = capabilities;
  const isMantle = endpoint === "mantle";
  const surface = { endpoint, path: (isMantle ? mantlePaths[0] : undefined) ?? "/openai/v1" } as const;
  const model = isMantle ? bareModelId(request.model) : request.model;
  return { surface, body: { ...buildResponsesBody(request, capabilities, options), model } };
}

async function* readTextCalls(
  batches: AsyncIterable<EventBatch>,
  { tools }: ModelRequest,
  newId: () => string,
): AsyncGenerator<EventBatch> {
  for await (const batch of batches) yield convertTextCalls(batch, tools, newId);
}
