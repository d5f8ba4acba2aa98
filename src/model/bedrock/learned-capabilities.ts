/** What a refusal teaches about a model: the request is changed and sent once more, and so is every later one. */
import { isDeepStrictEqual } from "node:util";
import type { Capabilities } from "../capabilities.ts";
import type { UpstreamError } from "./upstream.ts";

export type InferredCapabilities = Partial<Capabilities>;

/** What has been learned, by model id. */
export class LearnedCapabilities {
  readonly #inferred = new Map<string, InferredCapabilities>();

  apply(model: string, capabilities: Capabilities): Capabilities {
    const inferred = this.#inferred.get(model);
    return inferred ? { ...capabilities, ...inferred } : capabilities;
  }

  /**
   * `capabilities`: what the refused request went by.
   * @returns what the refusal says, in words, and whether it is news; undefined when it teaches nothing.
   */
  inferFromError(
    model: string,
    error: UpstreamError,
    capabilities: Capabilities,
  ): CapabilityChange | undefined {
    const found = RULES.find((rule) => rule.pattern.test(error.message));
    const inferred = found?.infer(capabilities, error.message);
    if (!found || !inferred || !isRefusal(error)) return undefined;
    const before = this.#inferred.get(model);
    const after = { ...before, ...inferred };
    this.#inferred.set(model, after);
    return { description: found.description, isNew: !isDeepStrictEqual(before, after) };
  }
}

export interface CapabilityChange {
  readonly description: string;
  /** False where calls at the same time were refused alike. */
  readonly isNew: boolean;
}

/** Of the request, and not trouble of the service; it may also come as an event of the stream. */
function isRefusal({ type, status }: UpstreamError): boolean {
  return status === undefined ? type === "ValidationException" : status < 500;
}

interface InferenceRule {
  readonly pattern: RegExp;
  readonly description: string;
  /** Undefined when the model was known to be so: sending the request again would change nothing. */
  readonly infer: (known: Capabilities, text: string) => InferredCapabilities | undefined;
}

const RULES: readonly InferenceRule[] = [
  {
    pattern: /tool use in streaming mode/i,
    description: "takes tools only without streaming",
    infer: (known) => (known.tools === "streaming" ? { tools: "non_streaming" } : undefined),
  },
  {
    pattern: /unsupported for streaming|doesn't support (streaming|the ConverseStream)/i,
    description: "answers only without streaming",
    infer: (known) => (known.streaming ? { streaming: false } : undefined),
  },
  {
    pattern: /doesn't support tool use/i,
    description: "takes no tools; they are described in the prompt",
    infer: (known) => (known.tools === "none" ? undefined : { tools: "none" }),
  },
  {
    pattern: /doesn't support system messages/i,
    description: "takes no system prompt; it goes before the first message",
    infer: (known) => (known.systemPrompt ? { systemPrompt: false } : undefined),
  },
  {
    pattern: /doesn't support the stopSequences field/i,
    description: "takes no stop sequences",
    infer: (known) => (known.stopSequences ? { stopSequences: false } : undefined),
  },
  {
    pattern: /temperature.*top_p.*cannot both be specified/i,
    description: "takes temperature or top_p, not both",
    infer: (known) => (known.sampling === "both" ? { sampling: "one" } : undefined),
  },
  {
    pattern: /(temperature|top_p|topP).*(is deprecated for this model|not supported)/i,
    description: "takes neither temperature nor top_p",
    infer: (known) => (known.sampling === "none" ? undefined : { sampling: "none" }),
  },
  {
    pattern: /did not allow prompt caching/i,
    description: "takes no cache points",
    infer: (known) => (known.cachePoints.length > 0 ? { cachePoints: [] } : undefined),
  },
  {
    pattern: /doesn't support the status field/i,
    description: "takes no status of tool results",
    infer: (known) => (known.resultStatus ? { resultStatus: false } : undefined),
  },
  {
    pattern: /doesn't support (images|the image (content block|field))/i,
    description: "reads no images; their names are told",
    infer: (known) => (known.images ? { images: false } : undefined),
  },
  {
    pattern: /doesn't support (documents|the document (content block|field))/i,
    description: "reads no documents; their names are told",
    infer: (known) => (known.documents ? { documents: false } : undefined),
  },
  {
    pattern: /exceeds the model limit of (\d+)/i,
    description: "writes fewer tokens than asked for",
    infer: (known, text) => {
      const limit = Number(/exceeds the model limit of (\d+)/i.exec(text)?.[1]);
      return limit > 0 && limit < known.maxOutputTokens ? { maxOutputTokens: limit } : undefined;
    },
  },
];
