/**
 * Emulates tools for models without them: describes the tools in the system prompt, together with a text format for
 * calls, and parses calls from the model's text. Text that is malformed becomes a malformed call, whose failed result
 * tells the model what to correct.
 */
import type { ToolDefinition } from "../../chat/types.ts";
import { parseJson, stringifyJson } from "../../json.ts";
import type { ModelEvent, ModelRequest } from "../types.ts";
import { isRecord, ToolCallParser } from "./calls.ts";
import { renderCallsAsText } from "./tool-text.ts";
import type { EventBatch } from "./types.ts";

/** Returns the request without tools: the system prompt describes them, and earlier calls become text. */
export function describeToolsInPrompt(request: ModelRequest): ModelRequest {
  return {
    ...request,
    system: `${request.system}\n\n${toolInstructions(request.tools)}`.trimStart(),
    messages: renderCallsAsText(request.messages),
    tools: [],
  };
}

function toolInstructions(tools: readonly ToolDefinition[]): string {
  const list = tools.map(({ name, description, inputSchema }) =>
    stringifyJson({ name, description, arguments: inputSchema }),
  );
  return `You can use tools. To use one, write exactly this and then stop:

${CALL_START}
{"name": "the tool's name", "arguments": {"argument": "value"}}
${CALL_END}

Write one such block for each call. The results come in the next message, inside ${RESULT_START} name="…">. Never write a result yourself, and never guess one. When you need no tool, answer in plain text. The tools, one a line, each with the JSON Schema of its arguments:

${list.join("\n")}`;
}

const CALL_START = "<tool_call>";
const CALL_END = "</tool_call>";
const RESULT_START = "<tool_result";

/** Converts calls in the text to call events. Text passes through at once, except what may be the start of a call. */
export async function* readPromptedCalls(
  batches: AsyncIterable<EventBatch>,
  newId: () => string,
): AsyncGenerator<EventBatch> {
  const reader = new PromptedCallReader(newId);
  for await (const batch of batches) {
    const events = batch.flatMap((event) => reader.read(event));
    if (events.length > 0) yield events;
  }
}

/** Reads the events of one reply. */
export class PromptedCallReader {
  readonly #calls = new ToolCallParser();
  readonly #newId: () => string;
  #buffer = "";
  #state: "text" | "call" | "hallucinated" = "text";
  #callCount = 0;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  read(event: ModelEvent): readonly ModelEvent[] {
    if (event.type === "text") {
      this.#buffer += event.text;
      return this.#advance(false);
    }
    if (event.type !== "end") return [event];
    const last = this.#advance(true);
    const stopReason = this.#callCount > 0 && event.stopReason === "end_turn" ? "tool_use" : event.stopReason;
    return [...last, { ...event, stopReason }];
  }

  /** Returns the events that the buffer completes; all that remains when the reply has ended. */
  #advance(ended: boolean): readonly ModelEvent[] {
    const events: ModelEvent[] = [];
    for (;;) {
      if (this.#state === "call") {
        const end = this.#buffer.indexOf(CALL_END);
        if (end === -1 && !ended) return events;
        const body = end === -1 ? this.#buffer : this.#buffer.slice(0, end);
        this.#buffer = end === -1 ? "" : this.#buffer.slice(end + CALL_END.length);
        this.#state = "text";
        events.push(...this.#parseCalls(body));
      }
      // A result that the model invented makes the rest of its reply unreliable: it is discarded.
      if (this.#state === "hallucinated") this.#buffer = "";
      const next = this.#nextMark();
      const textEnd = next?.at ?? (ended ? this.#buffer.length : safeLength(this.#buffer));
      const text = this.#buffer.slice(0, textEnd);
      // White space between calls is not text of the reply.
      if (text !== "" && !(this.#callCount > 0 && text.trim() === "")) events.push({ type: "text", text });
      this.#buffer = this.#buffer.slice(textEnd + (next?.mark.length ?? 0));
      if (!next) return events;
      this.#state = next.mark === CALL_START ? "call" : "hallucinated";
    }
  }

  #nextMark(): { readonly mark: string; readonly at: number } | undefined {
    return [CALL_START, RESULT_START]
      .map((mark) => ({ mark, at: this.#buffer.indexOf(mark) }))
      .filter(({ at }) => at !== -1)
      .sort((a, b) => a.at - b.at)[0];
  }

  #parseCalls(body: string): readonly ModelEvent[] {
    const parsed = parseTextToolCalls(body) ?? [{ name: "", input: body }];
    return parsed.map(({ name, input }) => {
      this.#callCount += 1;
      return { type: "call", call: this.#calls.parse(this.#newId(), name, input) };
    });
  }
}

/** Returns the length of the text without a tail that may be the start of a mark. */
function safeLength(text: string): number {
  const maxLength = Math.max(CALL_START.length, RESULT_START.length) - 1;
  for (let length = Math.min(maxLength, text.length); length > 0; length -= 1) {
    const tail = text.slice(-length);
    if (CALL_START.startsWith(tail) || RESULT_START.startsWith(tail)) return text.length - length;
  }
  return text.length;
}

export interface TextToolCall {
  readonly name: string;
  /** JSON text. */
  readonly input: string;
}

/**
 * Parses `{"name", "arguments"}` (or `"parameters"`), or a list of them, with or without a code fence. Returns
 * undefined for any other text.
 */
export function parseTextToolCalls(text: string): readonly TextToolCall[] | undefined {
  const unfenced = text.trim().replace(/^```\w*\s*|\s*```$/g, "");
  let value: unknown;
  try {
    value = parseJson(unfenced);
  } catch {
    return undefined;
  }
  const calls = (Array.isArray(value) ? value : [value]).map(parseTextToolCall);
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined;
}

function parseTextToolCall(value: unknown): TextToolCall | undefined {
  if (!isRecord(value) || typeof value.name !== "string") return undefined;
  const input = value.arguments ?? value.parameters ?? {};
  return { name: value.name, input: typeof input === "string" ? input : stringifyJson(input) };
}
