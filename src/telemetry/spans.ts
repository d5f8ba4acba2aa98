/**
 * The names and attributes of spans, which Phoenix, Langfuse and every collector of OpenTelemetry read.
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md
 * https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
 */
import type { ModelStopReason, ToolCall, ToolResult, TurnEnd, Usage } from "../chat/types.ts";
import type { ModelRequest } from "../model/types.ts";
import {
  type CollectedReply,
  describeInput,
  describeOutput,
  describeTools,
  writeJson,
} from "./span-content.ts";
import type { SpanAttributes } from "./types.ts";

/** The name of the assistant as an agent. */
const AGENT = "specchat";

interface Owner {
  readonly session?: string | undefined;
  readonly caller?: string | undefined;
}

function ownerAttributes({ session, caller }: Owner): SpanAttributes {
  return { "gen_ai.conversation.id": session, "session.id": session, "user.id": caller };
}

export interface FinishedTurn extends Owner {
  readonly model: string;
  readonly question: string | undefined;
  readonly end: TurnEnd | undefined;
  readonly costUsd: number | null;
}

/** Describes a turn. Without an end it waits for an approval. */
export function describeTurn(turn: FinishedTurn, hasContent: boolean) {
  const { model, end, question, costUsd } = turn;
  const failure = end?.outcome === "failed" ? end.error : undefined;
  const reason =
    end === undefined ? "waiting_for_approval" : end.outcome === "answered" ? end.stopReason : undefined;
  return {
    name: `invoke_agent ${AGENT}`,
    kind: "internal",
    error: failure?.message,
    attributes: {
      "openinference.span.kind": "AGENT",
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.provider.name": providerOf(model),
      "gen_ai.agent.name": AGENT,
      "gen_ai.request.model": model,
      ...ownerAttributes(turn),
      "error.type": failure?.code,
      ...(reason !== undefined && { "gen_ai.response.finish_reasons": [reason] }),
      ...(end && usageAttributes(end.usage)),
      "llm.cost.total": costUsd,
      ...(hasContent && { "input.value": question, "output.value": end?.text }),
    },
  } as const;
}

export interface FinishedModelCall {
  readonly request: ModelRequest;
  readonly respondingModel: string;
  readonly usage: Usage | undefined;
  readonly stopReason: ModelStopReason | undefined;
  readonly firstOutputSeconds: number | undefined;
  readonly costUsd: number | null;
  readonly failure: { readonly code: string; readonly message: string } | undefined;
  readonly reply: CollectedReply;
}

export function describeModelCall(call: FinishedModelCall, hasContent: boolean) {
  const { request, respondingModel, usage, stopReason, failure } = call;
  const { model, maxTokens, temperature, topP, stopSequences } = request;
  return {
    name: `chat ${model}`,
    kind: "client",
    error: failure?.message,
    attributes: {
      "openinference.span.kind": "LLM",
      "llm.provider": "aws",
      "llm.model_name": respondingModel,
      "llm.invocation_parameters": writeJson({ maxTokens, temperature, topP, stopSequences }),
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": providerOf(model),
      "gen_ai.request.model": model,
      "gen_ai.request.stream": true,
      "gen_ai.request.max_tokens": maxTokens,
      "gen_ai.request.temperature": temperature,
      "gen_ai.request.top_p": topP,
      ...(stopSequences?.length && { "gen_ai.request.stop_sequences": stopSequences }),
      ...ownerAttributes(request),
      "error.type": failure?.code,
      ...(stopReason && {
        "gen_ai.response.model": respondingModel,
        "gen_ai.response.finish_reasons": [stopReason],
      }),
      "gen_ai.response.time_to_first_chunk": call.firstOutputSeconds,
      ...(usage && usageAttributes(usage)),
      "llm.cost.total": call.costUsd,
      ...(hasContent && contentOf(call)),
    },
  } as const;
}

function contentOf({ request, reply, stopReason }: FinishedModelCall): SpanAttributes {
  const input = describeInput(request.messages);
  const output = describeOutput(reply, stopReason);
  return {
    "gen_ai.system_instructions": writeJson([{ type: "text", content: request.system }]),
    "gen_ai.input.messages": input,
    "gen_ai.output.messages": output,
    "gen_ai.tool.definitions": describeTools(request.tools),
    "input.value": input,
    "input.mime_type": "application/json",
    "output.value": output,
    "output.mime_type": "application/json",
  };
}

export interface FinishedCall extends Owner {
  readonly call: ToolCall;
  readonly result: ToolResult;
}

export function describeCall({ call, result, ...owner }: FinishedCall, hasContent: boolean) {
  const failed = result.status === "failed";
  const args = hasContent ? writeJson(call.arguments) : undefined;
  return {
    name: `execute_tool ${call.name}`,
    kind: "internal",
    error: failed ? "The call failed." : undefined,
    attributes: {
      "openinference.span.kind": "TOOL",
      "tool.name": call.name,
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": call.name,
      "gen_ai.tool.call.id": call.id,
      "gen_ai.tool.type": "function",
      ...ownerAttributes(owner),
      "error.type": failed ? String(result.httpStatus ?? "failed") : undefined,
      "http.response.status_code": result.httpStatus,
      ...(hasContent && {
        "gen_ai.tool.call.arguments": args,
        "gen_ai.tool.call.result": writeJson(result.content),
        "input.value": args,
        "input.mime_type": "application/json",
        "output.value": result.content,
      }),
    },
  } as const;
}

/** Returns the `gen_ai.provider.name` of a model. */
export function providerOf(model: string): string {
  return model === "demo" ? "specchat.demo" : "aws.bedrock";
}

/** The input tokens of the conventions include those of the cache. */
export function countInputTokens({ inputTokens, cacheReadTokens, cacheWriteTokens }: Usage): number {
  return inputTokens + cacheReadTokens + cacheWriteTokens;
}

function usageAttributes(usage: Usage): SpanAttributes {
  const { outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const input = countInputTokens(usage);
  return {
    "gen_ai.usage.input_tokens": input,
    "gen_ai.usage.output_tokens": outputTokens,
    "gen_ai.usage.cache_read.input_tokens": cacheReadTokens,
    "gen_ai.usage.cache_creation.input_tokens": cacheWriteTokens,
    "llm.token_count.prompt": input,
    "llm.token_count.completion": outputTokens,
    "llm.token_count.total": input + outputTokens,
    "llm.token_count.prompt_details.cache_read": cacheReadTokens,
    "llm.token_count.prompt_details.cache_write": cacheWriteTokens,
  };
}
