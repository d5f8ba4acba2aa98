/** The scripted responses of the stand-in. */

/** One response: a reply, an HTTP error, or silence. */
export type ScriptedResponse = Reply | Failure | { readonly hang: true };

/** A response with HTTP 200. Its blocks are sent as reasoning, text, calls; `blocks` sets another order. */
export interface Reply {
  readonly reasoning?: Reasoning;
  /** The text; each string of a list is one delta. */
  readonly text?: string | readonly string[];
  readonly calls?: readonly ScriptedCall[];
  /** Replaces `reasoning`, `text` and `calls`. */
  readonly blocks?: readonly Block[];
  /** Default: `tool_use` when there are calls, else `end_turn`. */
  readonly stopReason?: string;
  /** Overrides the estimated usage. */
  readonly usage?: Readonly<Record<string, number>>;
  readonly trace?: Readonly<Record<string, unknown>>;
  /** Delays the event with that index until the promise resolves, so that a test controls a stream without a clock. */
  readonly beforeEvent?: (eventIndex: number) => Promise<void> | undefined;
  /** Injects a fault after that many events, or, with `deltas`, before `messageStop`. */
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
  /** An object, or the raw text of the input, valid or not; each string of a list is one fragment. */
  readonly input: Readonly<Record<string, unknown>> | string | readonly string[];
  /** Default: tooluse_1, tooluse_2 …, counted per stand-in. */
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
    /** Replaces the JSON body, for example with the page of a proxy. */
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

/** Splits the input into fragments as in recordings: an empty one first, and only that for a call without arguments. */
export function splitInput(input: ScriptedCall["input"]): readonly string[] {
  if (typeof input === "string") return ["", ...splitText(input)];
  if (Array.isArray(input)) return input;
  const text = JSON.stringify(input);
  return text === "{}" ? [""] : ["", ...splitText(text)];
}

function splitText(text: string): string[] {
  return text.match(/[\s\S]{1,12}/g) ?? [];
}
