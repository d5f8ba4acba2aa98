/** What a refusal teaches about a model: the request is changed and sent once more, and so is every later one. */
import { isDeepStrictEqual } from "node:util";
import type { Capabilities } from "../capabilities.ts";
import type { UpstreamError } from "./upstream.ts";

export type Lesson = Partial<Capabilities>;

/** What has been learned, by model id. */
export class Lessons {
  readonly #lessons = new Map<string, Lesson>();

  apply(model: string, capabilities: Capabilities): Capabilities {
    const lesson = this.#lessons.get(model);
    return lesson ? { ...capabilities, ...lesson } : capabilities;
  }

  /**
   * `capabilities`: what the refused request went by.
   * @returns what the refusal says, in words, and whether it is news; undefined when it teaches nothing.
   */
  learn(model: string, error: UpstreamError, capabilities: Capabilities): Learned | undefined {
    const found = RULES.find((rule) => rule.pattern.test(error.message));
    const lesson = found?.lesson(capabilities, error.message);
    if (!found || !lesson || !isRefusal(error)) return undefined;
    const before = this.#lessons.get(model);
    const after = { ...before, ...lesson };
    this.#lessons.set(model, after);
    return { words: found.words, isNew: !isDeepStrictEqual(before, after) };
  }
}

export interface Learned {
  readonly words: string;
  /** False where calls at the same time were refused alike. */
  readonly isNew: boolean;
}

/** Of the request, and not trouble of the service; it may also come as an event of the stream. */
function isRefusal({ type, status }: UpstreamError): boolean {
  return status === undefined ? type === "ValidationException" : status < 500;
}

interface Rule {
  readonly pattern: RegExp;
  readonly words: string;
  /** Undefined when the model was known to be so: sending the request again would change nothing. */
  readonly lesson: (known: Capabilities, text: string) => Lesson | undefined;
}

const RULES: readonly Rule[] = [
  {
    pattern: /tool use in streaming mode/i,
    words: "takes tools only without streaming",
    lesson: (known) => (known.tools === "streaming" ? { tools: "whole" } : undefined),
  },
  {
    pattern: /unsupported for streaming|doesn't support (streaming|the ConverseStream)/i,
    words: "answers only without streaming",
    lesson: (known) => (known.streaming ? { streaming: false } : undefined),
  },
  {
    pattern: /doesn't support tool use/i,
    words: "takes no tools; they are described in the prompt",
    lesson: (known) => (known.tools === "none" ? undefined : { tools: "none" }),
  },
  {
    pattern: /doesn't support system messages/i,
    words: "takes no system prompt; it goes before the first message",
    lesson: (known) => (known.systemPrompt ? { systemPrompt: false } : undefined),
  },
  {
    pattern: /doesn't support the stopSequences field/i,
    words: "takes no stop sequences",
    lesson: (known) => (known.stopSequences ? { stopSequences: false } : undefined),
  },
  {
    pattern: /temperature.*top_p.*cannot both be specified/i,
    words: "takes temperature or top_p, not both",
    lesson: (known) => (known.sampling === "both" ? { sampling: "one" } : undefined),
  },
  {
    pattern: /(temperature|top_p|topP).*(is deprecated for this model|not supported)/i,
    words: "takes neither temperature nor top_p",
    lesson: (known) => (known.sampling === "none" ? undefined : { sampling: "none" }),
  },
  {
    pattern: /did not allow prompt caching/i,
    words: "takes no cache points",
    lesson: (known) => (known.cachePoints.length > 0 ? { cachePoints: [] } : undefined),
  },
  {
    pattern: /doesn't support the status field/i,
    words: "takes no status of tool results",
    lesson: (known) => (known.resultStatus ? { resultStatus: false } : undefined),
  },
  {
    pattern: /doesn't support (images|the image (content block|field))/i,
    words: "reads no images; their names are told",
    lesson: (known) => (known.images ? { images: false } : undefined),
  },
  {
    pattern: /doesn't support (documents|the document (content block|field))/i,
    words: "reads no documents; their names are told",
    lesson: (known) => (known.documents ? { documents: false } : undefined),
  },
  {
    pattern: /exceeds the model limit of (\d+)/i,
    words: "writes fewer tokens than asked for",
    lesson: (known, text) => {
      const limit = Number(/exceeds the model limit of (\d+)/i.exec(text)?.[1]);
      return limit > 0 && limit < known.maxOutputTokens ? { maxOutputTokens: limit } : undefined;
    },
  },
];
