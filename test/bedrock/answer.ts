/** What the stand-in says next. Scripted in order, or made by a function of the request. */
export type ScriptedResponse = Reply | Failure | { readonly hang: true };

/** HTTP 200. Blocks go out as reasoning, text, calls; `blocks` gives another order. */
export interface Reply {
  readonly reasoning?: Reasoning;
  /** Each string is one delta. */
  readonly text?: string | readonly string[];
  readonly calls?: readonly ScriptedCall[];
  /** In place of the three above. */
  readonly blocks?: readonly Block[];
  /** Default: `tool_use` when there are calls, else `end_turn`. */
  readonly stopReason?: string;
  /** Merged over what the stand-in counts. */
  readonly usage?: Readonly<Record<string, number>>;
  readonly trace?: Readonly<Record<string, unknown>>;
  /** Waited for before the event of that index is written: a test's way to hold a stream without a clock. */
  readonly beforeEvent?: (eventIndex: number) => Promise<void> | undefined;
  /** Breaks the stream after that many events, or just before `messageStop`. */
  readonly fault?: { readonly after: number | "deltas"; readonly kind: Fault } | undefined;
}

export type Fault =
  | "reset"
  | "clean_end"
  | "half_frame"
  | "bad_crc"
  | "silence"
  | { readonly exception: string; readonly message: string; readonly fields?: Record<string, unknown> };

export interface Reasoning {
  readonly text: string | readonly string[];
  readonly signature?: string;
  /** Base64. */
  readonly redacted?: string;
}

export interface ScriptedCall {
  readonly name: string;
  /** An object; or the raw text of the input, broken or not, each string one fragment. */
  readonly input: Readonly<Record<string, unknown>> | string | readonly string[];
  /** Default: tooluse_1, tooluse_2 … over the life of the stand-in. */
  readonly id?: string;
}

export type Block =
  | { readonly reasoning: Reasoning }
  | { readonly text: string | readonly string[] }
  | { readonly call: ScriptedCall };

/** An HTTP error in Bedrock's shape. */
export interface Failure {
  readonly error: {
    readonly status: number;
    readonly type: string;
    readonly message: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly fields?: Readonly<Record<string, unknown>>;
    /** In place of the JSON: what a proxy in between would send. */
    readonly body?: string;
  };
}

export const THROTTLED: Failure = {
  error: {
    status: 429,
    type: "ThrottlingException",
    message: "Too many requests, please wait before trying again.",
  },
};

export const ACCESS_DENIED: Failure = {
  error: {
    status: 403,
    type: "AccessDeniedException",
    message: "You don't have access to the model with the specified model ID.",
  },
};

export function toBlocks(reply: Reply): readonly Block[] {
  if (reply.blocks) return reply.blocks;
  return [
    ...(reply.reasoning ? [{ reasoning: reply.reasoning }] : []),
    ...(reply.text === undefined ? [] : [{ text: reply.text }]),
    ...(reply.calls ?? []).map((call) => ({ call })),
  ];
}

export function toDeltas(text: string | readonly string[]): readonly string[] {
  return typeof text === "string" ? [text] : text;
}

export function resolveStopReason(reply: Reply): string {
  return reply.stopReason ?? (toBlocks(reply).some((block) => "call" in block) ? "tool_use" : "end_turn");
}

/** The input's fragments as the recordings show them: an empty one first, an argument-less call only that. */
export function splitInput(input: ScriptedCall["input"]): readonly string[] {
  if (typeof input === "string") return ["", ...splitText(input)];
  if (Array.isArray(input)) return input;
  const text = JSON.stringify(input);
  return text === "{}" ? [""] : ["", ...splitText(text)];
}

function splitText(text: string): string[] {
  return text.match(/[\s\S]{1,12}/g) ?? [];
}
