/** The Agent-User Interaction Protocol over server-sent events: https://docs.ag-ui.com. Pure. */
import { z } from "zod";
import type { Message, MessageId, ToldEvent, ToolDefinition, ToolResult, Usage } from "../chat/types.ts";
import { parseJson, stringifyJson } from "../json.ts";

const content = z.union([
  z.string(),
  z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
]);
const call = z.looseObject({
  id: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});
const message = z.looseObject({
  id: z.string(),
  role: z.string(),
  content: z.unknown().optional(),
  toolCalls: z.array(call).nullish(),
  toolCallId: z.string().optional(),
  error: z.string().nullish(),
});

export const agUiRequest = z.looseObject({
  threadId: z.string(),
  runId: z.string(),
  messages: z.array(message),
  tools: z
    .array(
      z.looseObject({
        name: z.string().regex(/^[\w-]{1,64}$/),
        description: z.string(),
        parameters: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .default([]),
  context: z.array(z.looseObject({ description: z.string(), value: z.string() })).default([]),
});
export type AgUiRequest = z.output<typeof agUiRequest>;

/** A conversation as it was sent: what was said before, and what is to be answered. */
export interface AgUiConversation {
  readonly history: readonly Message[];
  /** A person's question; or the turn so far, whose newest calls the client has carried out. */
  readonly asked:
    | { readonly question: string }
    | { readonly messages: readonly Message[]; readonly results: readonly ToolResult[] };
  /** What the client says of itself, for the system prompt. */
  readonly instructions: string;
  readonly tools: readonly ToolDefinition[];
}

/** A text: what is wrong with it. `at`: ISO 8601. */
export function decodeAgUi(
  { messages, tools, context }: AgUiRequest,
  { at, model }: { readonly at: string; readonly model: string },
): AgUiConversation | string {
  const read: Message[] = [];
  const instructions = context.map(({ description, value }) => `${description}: ${value}`);
  for (const entry of messages) {
    const text = textOf(entry.content);
    const stamp = { id: entry.id as MessageId, at };
    const last = read.at(-1);
    if (entry.role === "system" || entry.role === "developer") instructions.push(text);
    else if (entry.role === "user" && last?.role === "user")
      read[read.length - 1] = { ...last, text: `${last.text}\n\n${text}` };
    else if (entry.role === "user") read.push({ role: "user", ...stamp, text });
    else if (entry.role === "assistant" && last) read.push(...assistant(entry, text, stamp, model));
    else if (entry.role === "tool" && last?.role === "results")
      read[read.length - 1] = { ...last, results: last.results.map((result) => filled(result, entry, text)) };
  }
  const begin = read.findLastIndex(({ role }) => role === "user");
  const question = read[begin];
  const last = read.at(-1);
  if (question?.role !== "user" || last?.role === "assistant") return "The newest message is no question.";
  const definitions = tools.map(({ name, description, parameters }) => ({
    name,
    description,
    inputSchema: parameters ?? { type: "object" },
  }));
  return {
    history: read.slice(0, begin),
    asked:
      last?.role === "results"
        ? { messages: read.slice(begin, -1), results: last.results }
        : { question: question.text },
    instructions: instructions.join("\n\n"),
    tools: definitions,
  };
}

function textOf(value: unknown): string {
  const read = content.safeParse(value);
  if (!read.success) return "";
  if (typeof read.data === "string") return read.data;
  return read.data.flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n");
}

type Stamp = { readonly id: MessageId; readonly at: string };

/** Its calls have results at once: those that are never sent were not carried out. */
function assistant(
  { toolCalls }: z.output<typeof message>,
  text: string,
  stamp: Stamp,
  model: string,
): readonly Message[] {
  const calls = (toolCalls ?? []).map(({ id, function: { name, arguments: values } }) => ({
    id,
    name,
    ...readArguments(values),
  }));
  if (text === "" && calls.length === 0) return [];
  const parts = [
    ...(text === "" ? [] : [{ type: "text", text } as const]),
    ...calls.map((made) => ({ type: "call", call: made }) as const),
  ];
  const said = { role: "assistant", ...stamp, parts, model, usage: NO_USAGE } as const;
  if (calls.length === 0) return [said];
  const results = calls.map(({ id, name }) => ({
    callId: id,
    name,
    status: "failed" as const,
    content: "No result.",
    durationMs: 0,
  }));
  return [said, { role: "results", ...stamp, results }];
}

function readArguments(text: string) {
  try {
    const value = parseJson(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return { arguments: value as Record<string, unknown> };
  } catch {}
  return { arguments: {}, malformed: text };
}

function filled(
  result: ToolResult,
  { toolCallId, error }: z.output<typeof message>,
  text: string,
): ToolResult {
  if (result.callId !== toolCallId) return result;
  return { ...result, status: error ? "failed" : "ok", content: text || error || "Done." };
}

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

export interface AgUiRun {
  readonly threadId: string;
  readonly runId: string;
}

export type AgUiFrame =
  | ({ readonly type: "RUN_STARTED" } & AgUiRun)
  | { readonly type: "TEXT_MESSAGE_START"; readonly messageId: string; readonly role: "assistant" }
  | { readonly type: "REASONING_MESSAGE_START"; readonly messageId: string; readonly role: "reasoning" }
  | {
      readonly type: "TEXT_MESSAGE_CONTENT" | "REASONING_MESSAGE_CONTENT";
      readonly messageId: string;
      readonly delta: string;
    }
  | {
      readonly type: "TEXT_MESSAGE_END" | "REASONING_START" | "REASONING_MESSAGE_END" | "REASONING_END";
      readonly messageId: string;
    }
  | {
      readonly type: "TOOL_CALL_START";
      readonly toolCallId: string;
      readonly toolCallName: string;
      readonly parentMessageId: string;
    }
  | { readonly type: "TOOL_CALL_ARGS"; readonly toolCallId: string; readonly delta: string }
  | { readonly type: "TOOL_CALL_END"; readonly toolCallId: string }
  | {
      readonly type: "TOOL_CALL_RESULT";
      readonly messageId: string;
      readonly toolCallId: string;
      readonly content: string;
      readonly role: "tool";
    }
  | ({
      readonly type: "RUN_FINISHED";
      readonly usage?: readonly {
        readonly model: string;
        readonly inputTokens: number;
        readonly outputTokens: number;
      }[];
    } & AgUiRun)
  | { readonly type: "RUN_ERROR"; readonly message: string; readonly code: string };

/** The first of a run. */
export function beginAgUi(run: AgUiRun): AgUiFrame {
  return { type: "RUN_STARTED", ...run };
}

/** What is open so far. `messages`: begun in all. */
export interface AgUiState {
  readonly open?: { readonly kind: "text" | "reasoning"; readonly id: string } | undefined;
  readonly messages: number;
}

export const AG_UI_BEGIN: AgUiState = { messages: 0 };

export function encodeAgUi(
  event: ToldEvent,
  state: AgUiState,
  run: AgUiRun,
): { readonly frames: readonly AgUiFrame[]; readonly state: AgUiState } {
  const end = { frames: ended(state), state: { ...state, open: undefined } };
  switch (event.type) {
    case "notice":
    case "turn_started":
      return { frames: [], state };
    case "text_delta":
      return withDelta("text", event.text, state, run);
    case "reasoning_delta":
      return withDelta("reasoning", event.text, state, run);
    case "call_started": {
      const { id, name, arguments: values, malformed } = event.call;
      const parentMessageId =
        state.open?.kind === "text" ? state.open.id : `${run.runId}-calls-${event.round}`;
      return {
        frames: [
          { type: "TOOL_CALL_START", toolCallId: id, toolCallName: name, parentMessageId },
          { type: "TOOL_CALL_ARGS", toolCallId: id, delta: malformed ?? stringifyJson(values) },
          { type: "TOOL_CALL_END", toolCallId: id },
        ],
        state,
      };
    }
    case "call_ended": {
      const { callId, content: said } = event.result;
      const result = {
        toolCallId: callId,
        messageId: `${callId}-result`,
        content: said,
        role: "tool",
      } as const;
      return { ...end, frames: [...end.frames, { type: "TOOL_CALL_RESULT", ...result }] };
    }
    // The client is to carry the calls out.
    case "turn_waiting":
      return { ...end, frames: [...end.frames, { type: "RUN_FINISHED", ...run }] };
    case "turn_ended": {
      if (event.end.outcome === "failed") {
        const { message: text, code } = event.end.error;
        return { ...end, frames: [...end.frames, { type: "RUN_ERROR", message: text, code }] };
      }
      const usage = event.end.spent.map(({ model, usage: { inputTokens, outputTokens } }) => ({
        model,
        inputTokens,
        outputTokens,
      }));
      return { ...end, frames: [...end.frames, { type: "RUN_FINISHED", ...run, usage }] };
    }
  }
}

function withDelta(kind: "text" | "reasoning", text: string, state: AgUiState, { runId }: AgUiRun) {
  const content = kind === "text" ? "TEXT_MESSAGE_CONTENT" : "REASONING_MESSAGE_CONTENT";
  if (state.open?.kind === kind) {
    const delta: AgUiFrame = { type: content, messageId: state.open.id, delta: text };
    return { frames: text === "" ? [] : [delta], state };
  }
  // Rounds of one text are set apart by blank lines; here each is a message of its own.
  const delta = text.replace(/^\n+/, "");
  if (delta === "") return { frames: [], state };
  const messageId = `${runId}-${state.messages + 1}`;
  const begun: readonly AgUiFrame[] =
    kind === "text"
      ? [{ type: "TEXT_MESSAGE_START", messageId, role: "assistant" }]
      : [
          { type: "REASONING_START", messageId },
          { type: "REASONING_MESSAGE_START", messageId, role: "reasoning" },
        ];
  return {
    frames: [...ended(state), ...begun, { type: content, messageId, delta } as const],
    state: { open: { kind, id: messageId }, messages: state.messages + 1 },
  };
}

function ended({ open }: AgUiState): readonly AgUiFrame[] {
  if (!open) return [];
  const { id: messageId, kind } = open;
  if (kind === "text") return [{ type: "TEXT_MESSAGE_END", messageId }];
  return [
    { type: "REASONING_MESSAGE_END", messageId },
    { type: "REASONING_END", messageId },
  ];
}
