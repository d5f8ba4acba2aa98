/**
 * The features of each model family, as the service behaves. Written independently of the capabilities table, so that
 * the two check each other.
 */
export interface Family {
  readonly name: string;
  readonly system: boolean;
  readonly streaming: boolean;
  readonly tools: boolean;
  readonly streamingTools: boolean;
  readonly stopSequences: boolean;
  readonly toolChoice: readonly ("auto" | "any" | "tool")[];
  readonly images: boolean;
  readonly documents: boolean;
  /** The positions at which a cache point is allowed. */
  readonly cache: readonly ("tools" | "system" | "messages")[];
  /** The allowed sampling parameters, temperature and topP: `both`, `one` of them, or `none`. */
  readonly sampling: "both" | "one" | "none";
  readonly prefill: boolean;
  readonly requiresProfile: boolean;
  readonly maxTokens: number;
  readonly minTokens: number;
  readonly contextTokens: number;
  readonly isClaude: boolean;
  /** True when `toolResult.status` is allowed. */
  readonly toolResultStatus: boolean;
  /** What a user message may hold besides tool results. */
  readonly besideResults: "anything" | "no_documents" | "nothing";
}

const base: Family = {
  name: "",
  system: true,
  streaming: true,
  tools: true,
  streamingTools: true,
  stopSequences: true,
  toolChoice: [],
  images: false,
  documents: false,
  cache: [],
  sampling: "both",
  prefill: false,
  requiresProfile: false,
  maxTokens: 8192,
  minTokens: 1,
  contextTokens: 128_000,
  isClaude: false,
  toolResultStatus: false,
  besideResults: "anything",
};
const claude: Family = {
  ...base,
  isClaude: true,
  toolResultStatus: true,
  besideResults: "no_documents",
  toolChoice: ["auto", "any", "tool"],
  images: true,
  documents: true,
  prefill: true,
  cache: ["tools", "system", "messages"],
  requiresProfile: true,
  contextTokens: 200_000,
  maxTokens: 64_000,
};
const nova: Family = {
  ...base,
  toolResultStatus: true,
  toolChoice: ["auto", "any", "tool"],
  cache: ["system", "messages"],
  maxTokens: 10_000,
  contextTokens: 300_000,
  prefill: true,
};
const noTools: Family = { ...base, tools: false, streamingTools: false };

const openWeights: Family = { ...base, stopSequences: false };
/** GPT and Grok. */
const gpt: Family = {
  ...openWeights,
  toolChoice: ["auto", "any", "tool"],
  images: true,
  sampling: "none",
  requiresProfile: true,
  minTokens: 16,
  maxTokens: 128_000,
  contextTokens: 1_050_000,
};

const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/anthropic\.claude-3-haiku/, { ...claude, cache: [], requiresProfile: false, maxTokens: 4096 }],
  [/anthropic\.claude-3-(sonnet|opus)/, { ...claude, cache: [], requiresProfile: false, maxTokens: 4096 }],
  [/anthropic\.claude-3-5-haiku/, { ...claude, images: false, maxTokens: 8192 }],
  [
    /anthropic\.claude-3-5-sonnet-20240620/,
    { ...claude, cache: [], requiresProfile: false, maxTokens: 8192 },
  ],
  [/anthropic\.claude-3-5-sonnet/, { ...claude, cache: [], maxTokens: 8192 }],
  [/anthropic\.claude-3-7/, claude],
  [/anthropic\.claude-(opus-4-1)/, { ...claude, sampling: "one", maxTokens: 32_000 }],
  [/anthropic\.claude-(sonnet|opus|haiku)-4-5/, { ...claude, sampling: "one" }],
  [/anthropic\.claude-sonnet-4-6/, { ...claude, sampling: "one", prefill: false, contextTokens: 1_000_000 }],
  [
    /anthropic\.claude-opus-4-6/,
    { ...claude, sampling: "one", prefill: false, contextTokens: 1_000_000, maxTokens: 128_000 },
  ],
  [
    /anthropic\.claude-((opus|sonnet)-5-5|fable-5-[12])/,
    {
      ...claude,
      sampling: "none",
      toolChoice: ["auto"],
      prefill: false,
      contextTokens: 1_000_000,
      maxTokens: 128_000,
    },
  ],
  [
    /anthropic\.claude-(opus-4-[78]|(opus|sonnet|fable)-5)/,
    { ...claude, sampling: "none", prefill: false, contextTokens: 1_000_000, maxTokens: 128_000 },
  ],
  [
    /anthropic\.claude-(haiku-5-5)/,
    { ...claude, sampling: "none", prefill: false, contextTokens: 1_000_000, maxTokens: 128_000 },
  ],
  [
    /anthropic\.claude-mythos-5-1/,
    {
      ...claude,
      sampling: "none",
      toolChoice: ["auto"],
      prefill: false,
      contextTokens: 1_000_000,
      maxTokens: 128_000,
    },
  ],
  [/anthropic\.claude-opus-4/, { ...claude, maxTokens: 32_000 }],
  [/anthropic\.claude-sonnet-4/, claude],
  [/amazon\.nova-micro/, { ...nova, contextTokens: 128_000 }],
  [/amazon\.nova-premier/, { ...nova, images: true, documents: true, requiresProfile: true }],
  [/amazon\.nova-(lite|pro)/, { ...nova, images: true, documents: true }],
  [/amazon\.nova-2/, { ...nova, images: true, documents: true, requiresProfile: true, maxTokens: 64_000 }],
  [
    /amazon\.titan-text/,
    { ...noTools, system: false, documents: true, maxTokens: 4096, contextTokens: 8192 },
  ],
  [
    /meta\.llama3-(8b|70b)/,
    { ...noTools, stopSequences: false, documents: true, contextTokens: 8192, maxTokens: 2048 },
  ],
  [/meta\.llama3-2-(1b|3b)/, { ...noTools, stopSequences: false, documents: true, requiresProfile: true }],
  [
    /meta\.llama(3-2|4)/,
    {
      ...base,
      streamingTools: false,
      stopSequences: false,
      toolChoice: ["auto"],
      images: true,
      documents: true,
      requiresProfile: true,
    },
  ],
  [
    /meta\.llama3-3/,
    {
      ...base,
      streamingTools: false,
      stopSequences: false,
      toolChoice: ["auto"],
      documents: true,
      requiresProfile: true,
    },
  ],
  [
    /meta\.llama3-1/,
    { ...base, streamingTools: false, stopSequences: false, toolChoice: ["auto"], documents: true },
  ],
  [/mistral\.(mistral-7b|mixtral)/, { ...noTools, system: false, documents: true, contextTokens: 32_000 }],
  [
    /mistral\.mistral-(large|small)-240/,
    { ...base, streamingTools: false, toolChoice: ["auto", "any"], documents: true },
  ],
  [
    /mistral\.pixtral/,
    {
      ...base,
      streamingTools: false,
      toolChoice: ["auto"],
      images: true,
      documents: true,
      requiresProfile: true,
    },
  ],
  [
    /mistral\.(mistral-large-3|ministral-3-3b)/,
    { ...openWeights, images: true, toolChoice: ["auto", "any"], contextTokens: 256_000 },
  ],
  [/mistral\.ministral/, { ...openWeights, images: true, toolChoice: ["auto", "any"], maxTokens: 4096 }],
  [/mistral\.magistral/, { ...openWeights, images: true, toolChoice: ["auto", "any"], maxTokens: 40_000 }],
  [/mistral\.devstral/, { ...openWeights, toolChoice: ["auto", "any"], contextTokens: 256_000 }],
  [/mistral\.voxtral-mini/, { ...openWeights, contextTokens: 32_000, maxTokens: 4096 }],
  [/mistral\.voxtral/, { ...openWeights, contextTokens: 32_000 }],
  [/cohere\.command-r/, { ...base, documents: true, maxTokens: 4096 }],
  [/ai21\.jamba-1-5/, { ...base, documents: true, maxTokens: 4096, contextTokens: 256_000 }],
  [/ai21\.jamba-instruct/, { ...noTools, maxTokens: 4096 }],
  [/ai21\.j2/, { ...noTools, system: false, streaming: false, maxTokens: 8191 }],
  // The ids without a version are those of bedrock-mantle.
  [/openai\.gpt-oss-(20b-1|120b-1|safeguard)/, { ...openWeights, maxTokens: 16_384 }],
  [/openai\.gpt-(5\.6|6)/, gpt],
  [/xai\.grok-4\.[67]/, { ...gpt, maxTokens: 500_000, contextTokens: 500_000 }],
  [/google\.gemma-3/, { ...openWeights, images: true }],
  [
    /deepseek\.r1/,
    { ...noTools, stopSequences: false, documents: true, requiresProfile: true, maxTokens: 32_768 },
  ],
  [
    /deepseek\.v3\.2/,
    { ...openWeights, toolChoice: ["any", "tool"], maxTokens: 81_920, contextTokens: 160_000 },
  ],
  [/deepseek\.v3/, { ...openWeights, toolChoice: ["any"], maxTokens: 81_920, contextTokens: 160_000 }],
  [/qwen\.qwen3-32b/, { ...openWeights, maxTokens: 16_384, contextTokens: 32_768 }],
  [/qwen\.qwen3-coder/, { ...openWeights, maxTokens: 131_072, contextTokens: 131_072 }],
  [/qwen\.qwen3-vl/, { ...openWeights, images: true, maxTokens: 262_144, contextTokens: 262_144 }],
  [/qwen\.qwen3/, { ...openWeights, maxTokens: 262_144, contextTokens: 262_144 }],
  [
    /moonshotai\.kimi-k3/,
    {
      ...openWeights,
      images: true,
      cache: ["tools", "system", "messages"],
      requiresProfile: true,
      maxTokens: 128_000,
      contextTokens: 1_048_576,
    },
  ],
  [/moonshotai\.kimi-k2\.5/, { ...openWeights, images: true, maxTokens: 16_384, contextTokens: 256_000 }],
  [/moonshot\.kimi/, { ...openWeights, maxTokens: 16_384, contextTokens: 256_000 }],
  [
    /zai\.glm-5\.3/,
    {
      ...openWeights,
      cache: ["tools", "system", "messages"],
      requiresProfile: true,
      maxTokens: 128_000,
      contextTokens: 1_000_000,
    },
  ],
  [/zai\.glm/, { ...openWeights, maxTokens: 131_072, contextTokens: 200_000 }],
  [/minimax\.minimax/, { ...openWeights, maxTokens: 131_072, contextTokens: 192_000 }],
  [/nvidia\.nemotron-nano-12b/, { ...openWeights, images: true }],
  [/nvidia\.nemotron-nano/, openWeights],
  [/nvidia\.nemotron-super/, { ...openWeights, maxTokens: 131_072, contextTokens: 256_000 }],
  [/writer\.palmyra-vision/, { ...noTools, stopSequences: false, images: true, documents: true }],
  [/writer\.palmyra-x4/, { ...openWeights, documents: true, contextTokens: 122_880 }],
  [/writer\.palmyra/, { ...openWeights, documents: true, contextTokens: 1_000_000 }],
];

/**
 * Returns the family of a model id; undefined when the service does not know it. Application profiles count as
 * Claude.
 */
export function findFamily(modelId: string): Family | undefined {
  // GPT has no other profiles.
  if (/^(?!us|global|in)[a-z-]+\.openai\.gpt-[56]/.test(modelId)) return undefined;
  if (/:application-inference-profile\/[a-z0-9]{12}$/.test(modelId))
    return { ...claude, name: "claude", requiresProfile: false };
  const found = FAMILIES.find(([pattern]) => pattern.test(modelId));
  if (!found) return undefined;
  const isAlone = /(meta|mistral|writer)\./.test(modelId);
  return { ...found[1], name: found[0].source, ...(isAlone && { besideResults: "nothing" as const }) };
}

const OVERFLOW_MESSAGES: readonly (readonly [RegExp, string])[] = [
  [
    /openai\.gpt-[56]|xai\./,
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
  ],
  [
    /anthropic\./,
    "The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum",
  ],
  [/meta\./, "This model's maximum context length is 8192 tokens. Please reduce the length of the prompt"],
  [
    /titan/,
    "400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9000",
  ],
  [/nova/, "Input Tokens Exceeded: Number of input tokens exceeds maximum length."],
  [/mistral\./, "Prompt contains 40000 tokens, too large for model with 32768 maximum context length"],
  [/cohere\./, "too many tokens: total number of tokens in the prompt cannot exceed 128000"],
];

/** Returns the error message for a request that is too long. */
export function overflowMessage(modelId: string): string {
  const found = OVERFLOW_MESSAGES.find(([pattern]) => pattern.test(modelId));
  return found?.[1] ?? "Input is too long for requested model.";
}

/** Returns true for an inference profile, false for a bare model id. */
export function isProfile(modelId: string): boolean {
  return (
    /^(us|eu|apac|jp|au|in|ca|sa|us-gov|global)\./.test(modelId) ||
    /:(application-)?inference-profile\//.test(modelId)
  );
}
