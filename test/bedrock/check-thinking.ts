/** Checks how a request controls reasoning, and the thinking of Claude that it sends back. */
import { stringifyJson } from "../../src/json.ts";
import { firstRefusal } from "./check-constraints.ts";
import { filterRecords, filterStrings, isRecord, type Json, modelError, type Refusal } from "./refusal.ts";
import type { Reply } from "./reply.ts";
import { toBlocks } from "./reply.ts";

/** How a family reasons. Written from the facts, not from the table. */
interface Thinking {
  /** The keys that `additionalModelRequestFields` may have. */
  readonly fields: readonly string[];
  /** Of Claude: the types of `thinking`. */
  readonly types: readonly string[];
  readonly efforts: readonly string[];
  /** Thinking is bound to what precedes it. */
  readonly isBound: boolean;
}

const none: Thinking = { fields: [], types: [], efforts: [], isBound: false };
const claude: Thinking = {
  fields: ["thinking", "output_config", "anthropic_beta"],
  types: ["adaptive", "disabled"],
  efforts: ["low", "medium", "high", "xhigh", "max"],
  isBound: false,
};
const budget: Thinking = { ...claude, types: ["enabled", "disabled"], efforts: [] };
const efforts3 = ["low", "medium", "high"];

const THINKING: readonly (readonly [RegExp, Thinking])[] = [
  [/claude-sonnet-5-5/, { ...claude, types: ["adaptive", "between_tools"], isBound: true }],
  [/claude-(opus-5-5|fable-5-[12]|mythos-5-1)/, { ...claude, types: ["adaptive"], isBound: true }],
  [/claude-haiku-5-5/, { ...claude, isBound: true }],
  [/claude-(fable-5|mythos)/, { ...claude, types: ["adaptive"] }],
  [/claude-(opus|sonnet)-5|claude-opus-4-[78]/, claude],
  [/claude-(opus|sonnet)-4-6/, { ...claude, types: ["adaptive", "enabled", "disabled"] }],
  [/claude-3-7|claude-(opus|sonnet|haiku)-4/, budget],
  // The application profile of the tests stands for Claude 3.7.
  [/:application-inference-profile\//, budget],
  [/amazon\.nova-2/, { ...none, fields: ["reasoningConfig"], efforts: efforts3 }],
  [/gpt-oss|zai\.glm-5\.3/, { ...none, fields: ["reasoning_effort"], efforts: efforts3 }],
  [/openai\.gpt-6/, { ...none, fields: ["reasoning"], efforts: claude.efforts }],
  [/openai\.gpt-5/, { ...none, fields: ["reasoning"], efforts: ["none", ...claude.efforts] }],
  [/xai\.grok/, { ...none, fields: ["reasoning"], efforts: ["low", "medium", "high", "xhigh"] }],
  [/qwen\.qwen3/, { ...none, fields: ["reasoning_config"], efforts: ["low", "high"] }],
];

const BETA = "thinking-binding-controls-2026-08-01";

/** Remembers what the thinking of replies is bound to. */
export class ThinkingBindings {
  /** Signature → everything before its message. */
  readonly #prefixes = new Map<string, string>();
  /** The encrypted reasoning of GPT and Grok that Converse wrote. */
  readonly #encrypted = new Set<string>();

  check(modelId: string, body: Json): Refusal | undefined {
    const family = THINKING.find(([pattern]) => pattern.test(modelId))?.[1] ?? none;
    const fields = isRecord(body.additionalModelRequestFields) ? body.additionalModelRequestFields : {};
    return firstRefusal([
      () => checkFields(fields, family),
      () => checkEffort(fields, family),
      () => checkNova(fields, body),
      () => this.#checkBinding(fields, body, family),
      () => (/(openai\.gpt-[56]|xai\.)/.test(modelId) ? this.#checkEncrypted(body) : undefined),
    ]);
  }

  /** Binds the thinking of a reply to its request. */
  record(body: Json, reply: Reply): void {
    const prefix = describePrefix(body, filterRecords(body.messages));
    for (const block of toBlocks(reply)) {
      if (!("reasoning" in block)) continue;
      const { signature, redacted } = block.reasoning;
      if (signature !== undefined) this.#prefixes.set(signature, prefix);
      if (redacted !== undefined) this.#encrypted.add(redacted);
    }
  }

  /** GPT and Grok take back what Converse returned as `redactedContent`, unchanged, and nothing else. */
  #checkEncrypted(body: Json): Refusal | undefined {
    const reasoning = filterRecords(body.messages).flatMap((message) =>
      filterRecords(message.content).flatMap((block) =>
        isRecord(block.reasoningContent) ? [block.reasoningContent] : [],
      ),
    );
    return reasoning.every(({ redactedContent }) => this.#encrypted.has(String(redactedContent)))
      ? undefined
      : modelError("The encrypted content of the reasoning could not be verified.");
  }

  #checkBinding(fields: Json, body: Json, { isBound }: Thinking): Refusal | undefined {
    const thinking = isRecord(fields.thinking) ? fields.thinking : {};
    const binding = isRecord(thinking.block_binding) ? thinking.block_binding : undefined;
    const hasBeta = filterStrings(fields.anthropic_beta).includes(BETA);
    if (binding && !(isBound && hasBeta))
      return modelError(`thinking.${String(thinking.type)}.block_binding: Extra inputs are not permitted`);
    if (!isBound || binding?.mismatch_behavior === "drop_block") return undefined;
    const messages = filterRecords(body.messages);
    const isForeign = messages.some((message, index) =>
      filterRecords(message.content).some((block) => {
        const prefix = this.#prefixes.get(readSignature(block) ?? "");
        return prefix !== undefined && prefix !== describePrefix(body, messages.slice(0, index));
      }),
    );
    return isForeign
      ? modelError(
          "messages: Invalid `signature` in `thinking` block. The block is bound to a different conversation.",
        )
      : undefined;
  }
}

function readSignature(block: Json): string | undefined {
  const content = isRecord(block.reasoningContent) ? block.reasoningContent : {};
  const text = isRecord(content.reasoningText) ? content.reasoningText : {};
  return typeof text.signature === "string" ? text.signature : undefined;
}

/** Returns tools, system prompt and messages, without cache points. */
function describePrefix({ toolConfig, system }: Json, messages: readonly Json[]): string {
  const tools = isRecord(toolConfig) ? toolConfig.tools : [];
  return stringifyJson([tools, system, messages]).replace(/,?\{"cachePoint":\{[^}]*\}\}/g, "");
}

function checkFields(fields: Json, family: Thinking): Refusal | undefined {
  const unknown = Object.keys(fields).find((key) => !family.fields.includes(key));
  if (unknown !== undefined)
    return modelError(
      `Malformed input request: #: extraneous key [${unknown}] is not permitted, please reformat your input and try again.`,
    );
  const type = isRecord(fields.thinking) ? String(fields.thinking.type) : undefined;
  return type === undefined || family.types.includes(type)
    ? undefined
    : modelError(
        `"thinking.type.${type}" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.`,
      );
}

function checkEffort(fields: Json, { efforts }: Thinking): Refusal | undefined {
  const config = isRecord(fields.output_config) ? fields.output_config : {};
  const object = isRecord(fields.reasoning) ? fields.reasoning : {};
  const nova = isRecord(fields.reasoningConfig) ? fields.reasoningConfig : {};
  const effort =
    config.effort ??
    object.effort ??
    nova.maxReasoningEffort ??
    fields.reasoning_effort ??
    fields.reasoning_config;
  return effort === undefined || efforts.some((allowed) => allowed === effort)
    ? undefined
    : modelError(`Unsupported value: '${String(effort)}' is not supported with this model.`);
}

/** Checks that Nova has neither a limit nor sampling at the highest effort. */
function checkNova({ reasoningConfig }: Json, { inferenceConfig }: Json): Refusal | undefined {
  if (!isRecord(reasoningConfig) || reasoningConfig.maxReasoningEffort !== "high") return undefined;
  const config = isRecord(inferenceConfig) ? inferenceConfig : {};
  const field = ["maxTokens", "temperature", "topP"].find((name) => config[name] !== undefined);
  return field === undefined
    ? undefined
    : modelError(`Malformed input request: ${field} must not be set when maxReasoningEffort is high.`);
}
