/**
 * Checks spans by the GenAI conventions of OpenTelemetry, transcribed from their pages: names, kinds, attributes and their types.
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-agent-spans.md
 * https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
 */
import type { Span } from "./collector.ts";
import { findUnregistered } from "./registry.ts";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string" && value !== "";
const count: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const number: Check = (value) => typeof value === "number" && value >= 0;
const flag: Check = (value) => value === true || value === false || value === 1 || value === 0;
const texts: Check = (value) => Array.isArray(value) && value.length > 0 && value.every(text);
const json =
  (check: Check): Check =>
  (value) =>
    typeof value === "string" && check(JSON.parse(value));
const fields =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value) => {
    const entries = Object.entries((value ?? {}) as object);
    return (
      Object.keys(required).every((name) => entries.some(([key]) => key === name)) &&
      entries.every(([key, entry]) => (required[key] ?? optional[key])?.(entry) ?? false)
    );
  };
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const anyOf =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const any: Check = (value) => value !== undefined;
const exactly =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

const PART = anyOf(
  fields({ type: exactly("text"), content: (value) => typeof value === "string" }),
  fields({ type: exactly("reasoning"), content: (value) => typeof value === "string" }),
  fields({ type: exactly("tool_call"), name: text }, { id: text, arguments: any }),
  fields({ type: exactly("tool_call_response"), response: any }, { id: text }),
);
const INPUT = listOf(fields({ role: exactly("system", "user", "assistant", "tool"), parts: listOf(PART) }));
const OUTPUT = listOf(
  fields({
    role: exactly("assistant"),
    parts: listOf(PART),
    finish_reason: exactly("stop", "length", "content_filter", "tool_call", "error"),
  }),
);
const TOOLS = listOf(
  fields({ type: exactly("function"), name: text }, { description: text, parameters: any }),
);

const OWNER = { "gen_ai.conversation.id": text, "session.id": text, "user.id": text };
const USAGE = {
  "gen_ai.usage.input_tokens": count,
  "gen_ai.usage.output_tokens": count,
  "gen_ai.usage.cache_read.input_tokens": count,
  "gen_ai.usage.cache_creation.input_tokens": count,
  "llm.token_count.prompt": count,
  "llm.token_count.completion": count,
  "llm.token_count.total": count,
  "llm.token_count.prompt_details.cache_read": count,
  "llm.token_count.prompt_details.cache_write": count,
  "llm.cost.total": number,
};
const PROVIDER = exactly("aws.bedrock", "specchat.demo");

interface Convention {
  /** The attribute that the name ends with. */
  readonly subject: string;
  /** The kinds of OTLP: 1 is internal, 3 is client. */
  readonly kind: number;
  readonly required: Readonly<Record<string, Check>>;
  readonly optional: Readonly<Record<string, Check>>;
  /** Only when content is asked for. */
  readonly content: Readonly<Record<string, Check>>;
}

const CONVENTIONS: Readonly<Record<string, Convention>> = {
  chat: {
    subject: "gen_ai.request.model",
    kind: 3,
    required: {
      "gen_ai.operation.name": exactly("chat"),
      "gen_ai.provider.name": PROVIDER,
      "gen_ai.request.model": text,
      "gen_ai.request.stream": flag,
      "openinference.span.kind": exactly("LLM"),
      "llm.model_name": text,
      "llm.provider": text,
      ...OWNER,
    },
    optional: {
      "error.type": text,
      "gen_ai.request.max_tokens": count,
      "gen_ai.request.temperature": number,
      "gen_ai.request.top_p": number,
      "gen_ai.request.stop_sequences": texts,
      "gen_ai.response.model": text,
      "gen_ai.response.finish_reasons": texts,
      "gen_ai.response.time_to_first_chunk": number,
      "llm.invocation_parameters": json(any),
      ...USAGE,
    },
    content: {
      "gen_ai.system_instructions": json(listOf(PART)),
      "gen_ai.input.messages": json(INPUT),
      "gen_ai.output.messages": json(OUTPUT),
      "gen_ai.tool.definitions": json(TOOLS),
      "input.value": json(INPUT),
      "input.mime_type": exactly("application/json"),
      "output.value": json(OUTPUT),
      "output.mime_type": exactly("application/json"),
    },
  },
  execute_tool: {
    subject: "gen_ai.tool.name",
    kind: 1,
    required: {
      "gen_ai.operation.name": exactly("execute_tool"),
      "gen_ai.tool.name": text,
      "openinference.span.kind": exactly("TOOL"),
      "tool.name": text,
      ...OWNER,
    },
    optional: {
      "error.type": text,
      "gen_ai.tool.call.id": text,
      "gen_ai.tool.type": exactly("function"),
      "http.response.status_code": count,
    },
    content: {
      "gen_ai.tool.call.arguments": json(any),
      "gen_ai.tool.call.result": json(any),
      "input.value": json(any),
      "input.mime_type": exactly("application/json"),
      "output.value": text,
    },
  },
  invoke_agent: {
    subject: "gen_ai.agent.name",
    kind: 1,
    required: {
      "gen_ai.operation.name": exactly("invoke_agent"),
      "gen_ai.provider.name": PROVIDER,
      "gen_ai.agent.name": text,
      "openinference.span.kind": exactly("AGENT"),
      ...OWNER,
    },
    optional: {
      "error.type": text,
      "gen_ai.request.model": text,
      "gen_ai.response.finish_reasons": texts,
      ...USAGE,
    },
    content: { "input.value": text, "output.value": text },
  },
};

/** Returns what the conventions do not allow, one line each. */
export function findConventionViolations(
  { name, kind, status, attributes }: Span,
  hasContent: boolean,
): readonly string[] {
  const convention = CONVENTIONS[name.split(" ")[0] ?? ""];
  if (!convention) return [`${name}: no such span`];
  const { required, optional, content, subject } = convention;
  const checks = { ...required, ...optional, ...(hasContent && content) };
  const operation = attributes["gen_ai.operation.name"];
  return [
    ...(name === `${operation} ${attributes[subject]}` ? [] : [`${name}: not ${operation} and ${subject}`]),
    ...(kind === convention.kind ? [] : [`${name}: kind ${kind}`]),
    ...((status === 2) === Object.hasOwn(attributes, "error.type")
      ? []
      : [`${name}: error.type and status ${status}`]),
    ...Object.keys(required)
      .filter((key) => !Object.hasOwn(attributes, key))
      .map((key) => `${name}: ${key} is missing`),
    ...Object.entries(attributes)
      .filter(([key, value]) => !(checks[key]?.(value) ?? false))
      .map(([key, value]) => `${name}: ${key} may not be ${JSON.stringify(value)}`),
    ...findUnregistered(attributes).map((problem) => `${name}: ${problem}`),
  ];
}
