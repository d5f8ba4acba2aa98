/** Learns from error messages which features a model does not support; later requests are built accordingly. */
import { isDeepStrictEqual } from "node:util";
import type { Capabilities } from "../capabilities.ts";
import type { InferenceRule, InferredCapabilities } from "./inference-rule.ts";
import { SURFACE_RULES } from "./surface-refusals.ts";
import type { UpstreamError } from "./upstream.ts";

/** Stores what has been learned, by model id. */
export class LearnedCapabilities {
  readonly #inferred = new Map<string, InferredCapabilities>();

  apply(model: string, capabilities: Capabilities): Capabilities {
    const inferred = this.#inferred.get(model);
    return inferred ? { ...capabilities, ...inferred } : capabilities;
  }

  /**
   * Infers a capability from an error and stores it.
   * @param capabilities the capabilities that the failed request was built for.
   * @returns the change; undefined when the error names no capability that the request relied on.
   */
  inferFromError(
    model: string,
    error: UpstreamError,
    capabilities: Capabilities,
  ): CapabilityChange | undefined {
    if (!isRefusal(error)) return undefined;
    const found = RULES.find((rule) => rule.pattern.test(error.message));
    const inferred = found
      ? found.infer(capabilities, error.message)
      : inferOmittedField(capabilities, error.message);
    if (!inferred) return undefined;
    const before = this.#inferred.get(model);
    const after = { ...before, ...inferred };
    this.#inferred.set(model, after);
    const description =
      found?.description ?? `does not support the ${inferred.omittedFields?.at(-1)} field; it is left out`;
    return {
      description,
      isNew: !isDeepStrictEqual(before, after),
      canRepeat: inferred.contextTokens === undefined,
    };
  }
}

export interface CapabilityChange {
  /** A predicate with the model id as its subject, for the operator's log. */
  readonly description: string;
  /** False when a concurrent call has learned the same already. */
  readonly isNew: boolean;
  /** True when the same request may succeed once it is rebuilt. A request that was too long needs to be shortened. */
  readonly canRepeat: boolean;
}

/** Returns true when the error refuses the request; it may arrive as a response or as an exception in the stream. */
function isRefusal({ type, status }: UpstreamError): boolean {
  return status === undefined ? type === "ValidationException" : status < 500;
}

/** "integer below minimum value. Expected a value >= 16, but got 1", with the name of the limit before it. */
const MIN_OUTPUT =
  /max(?:imum)?_?(?:output_?|completion_?)?tokens\b.{0,80}?(?:>=|at least|greater than or equal to|minimum of)\s*(\d+)/i;
const MAX_OUTPUT =
  /exceeds the model limit of (\d+)|max_tokens: \d+ > (\d+)|max(?:imum)?_?(?:output_?|completion_?)?tokens\b.{0,120}?(?:<=|at most|no more than|less than or equal to)\s*(\d+)/i;
const CONTEXT_LENGTH =
  /maximum context length (?:is|of) (\d+)|tokens > (\d+) maximum|too large for model with (\d+) maximum|max input tokens: (\d+)/i;

const RULES: readonly InferenceRule[] = [
  ...SURFACE_RULES,
  {
    pattern: /tool use in streaming mode/i,
    description: "supports tools without streaming only",
    infer: (known) => (known.tools === "streaming" ? { tools: "non_streaming" } : undefined),
  },
  {
    pattern: /unsupported for streaming|doesn't support (streaming|the ConverseStream)/i,
    description: "does not support streaming",
    infer: (known) => (known.streaming ? { streaming: false } : undefined),
  },
  {
    pattern: /doesn't support tool use/i,
    description: "does not support tools; the prompt describes them",
    infer: (known) => (known.tools === "none" ? undefined : { tools: "none" }),
  },
  {
    pattern: /doesn't support system messages/i,
    description: "does not support a system prompt; it is sent with the first message",
    infer: (known) => (known.systemPrompt ? { systemPrompt: false } : undefined),
  },
  {
    pattern: /temperature.*top_p.*cannot both be specified/i,
    description: "supports temperature or top_p, not both",
    infer: (known) => (known.sampling === "both" ? { sampling: "one" } : undefined),
  },
  {
    pattern: /(temperature|top_p|topP).*(is deprecated for this model|not supported for this model)/i,
    description: "supports neither temperature nor top_p",
    infer: (known) => (known.sampling === "none" ? undefined : { sampling: "none" }),
  },
  {
    pattern:
      /toolConfig\.toolChoice|tool_choice (forces tool use|.*not supported)|doesn't support forced tool/i,
    description: "does not support forced tool calls; the prompt asks for them",
    infer: (known) => (known.toolChoice.length > 0 ? { toolChoice: [] } : undefined),
  },
  {
    pattern: /did not allow prompt caching/i,
    description: "does not support cache points",
    infer: (known) => (known.cachePoints.length > 0 ? { cachePoints: [] } : undefined),
  },
  {
    pattern: /doesn't support the status field/i,
    description: "does not support the status of tool results",
    infer: (known) => (known.resultStatus ? { resultStatus: false } : undefined),
  },
  {
    pattern: /doesn't support (images|the image (content block|field))/i,
    description: "does not support images; only their names are sent",
    infer: (known) => (known.images ? { images: false } : undefined),
  },
  {
    pattern: /doesn't support (documents|the document (content block|field))/i,
    description: "does not support documents; only their names are sent",
    infer: (known) => (known.documents ? { documents: false } : undefined),
  },
  {
    pattern: /\bttl\b/i,
    description: "does not support lifetimes of cache points",
    infer: (known) => (known.cacheTtls.length > 0 ? { cacheTtls: [] } : undefined),
  },
  {
    pattern: /service.?tier/i,
    description: "does not support service tiers",
    infer: (known) => (known.serviceTiers.length > 0 ? { serviceTiers: [] } : undefined),
  },
  {
    pattern: /(only supports|must use|requires) streaming|doesn't support the Converse operation/i,
    description: "supports streaming only",
    infer: (known) =>
      known.streaming && known.tools !== "non_streaming"
        ? undefined
        : { streaming: true, ...(known.tools === "non_streaming" && { tools: "streaming" }) },
  },
  {
    pattern: MAX_OUTPUT,
    description: "writes fewer tokens than requested",
    infer: (known, text) => {
      const limit = firstNumber(MAX_OUTPUT, text);
      return limit > 0 && limit < known.maxOutputTokens ? { maxOutputTokens: limit } : undefined;
    },
  },
  {
    pattern: MIN_OUTPUT,
    description: "requires a higher limit of output tokens",
    infer: (known, text) => {
      const least = Number(MIN_OUTPUT.exec(text)?.[1]);
      return least > known.minOutputTokens && least <= known.maxOutputTokens
        ? { minOutputTokens: least }
        : undefined;
    },
  },
  {
    pattern: CONTEXT_LENGTH,
    description: "reads fewer tokens than expected",
    infer: (known, text) => {
      const limit = firstNumber(CONTEXT_LENGTH, text);
      return limit > 0 && limit < known.contextTokens ? { contextTokens: limit } : undefined;
    },
  },
];

function firstNumber(pattern: RegExp, text: string): number {
  return Number(
    pattern
      .exec(text)
      ?.slice(1)
      .find((number) => number !== undefined),
  );
}

/** The wordings of Bedrock, and of the models behind it, for a field that a model does not support. */
const UNSUPPORTED_FIELD: readonly RegExp[] = [
  /(?:doesn[\u2019']t|does not) support the [`'"]?([\w.]+)[`'"]? (?:field|parameter)/i,
  /the [`'"]?([\w.]+)[`'"]? (?:field|parameter) is not supported/i,
  /[`'"]?([\w.]+)[`'"]? is deprecated for this model/i,
  /[`'"]([\w.]+)[`'"] is not supported (?:by|for|with) this model/i,
  /(?:doesn[\u2019']t|does not) support [`'"]([\w.]+)[`'"]/i,
  /(?:unsupported|unknown|unrecognized|unexpected) (?:request )?(?:parameter|value|argument|field)[^:]{0,20}: [`'"]?([\w.]+)/i,
  /extraneous key \[([\w.]+)\]/i,
  /([\w.]+): extra inputs are not permitted/i,
  /extra inputs are not permitted: [`'"]?([\w.]+)/i,
];

/** Returns undefined when the text names no field, or one that is left out already. */
function inferOmittedField(known: Capabilities, text: string): InferredCapabilities | undefined {
  const path = UNSUPPORTED_FIELD.map((pattern) => pattern.exec(text)?.[1]).find(
    (match) => match !== undefined,
  );
  const field = path?.split(".").at(-1);
  if (field === undefined || field === "" || known.omittedFields.includes(field)) return undefined;
  return { omittedFields: [...known.omittedFields, field] };
}
