/**
 * Tools for a model that has none: they are described in the system prompt, and the model asks for a call in a form of ours.
 * What it writes in that form becomes a call; what is malformed becomes a malformed call, whose failed result tells the model
 * how to mend it, like any other.
 */
import type { ToolDefinition } from "../../chat/types.ts";
import { parseJson, stringifyJson } from "../../json.ts";
import type { ModelEvent, ModelRequest } from "../types.ts";
import { CallReader, isRecord } from "./calls.ts";
import { callsAsText } from "./tool-text.ts";
import type { Batch } from "./types.ts";

/** The same request without tools: described in words, and earlier calls told in the form that is asked for. */
export function tellTools(request: ModelRequest): ModelRequest {
  return {
    ...request,
    system: `${request.system}\n\n${instructions(request.tools)}`.trimStart(),
    messages: callsAsText(request.messages),
    tools: [],
  };
}

function instructions(tools: readonly ToolDefinition[]): string {
  const list = tools.map(({ name, description, inputSchema }) =>
    stringifyJson({ name, description, arguments: inputSchema }),
  );
  return `You can use tools. To use one, write exactly this and then stop:

${OPEN}
{"name": "the tool's name", "arguments": {"argument": "value"}}
${CLOSE}

Write one such block for each call. The results come in the next message, inside ${RESULT} name="…">. Never write a result yourself, and never guess one. When you need no tool, answer in plain text. The tools, one a line, each with the JSON Schema of its arguments:

${list.join("\n")}`;
}

const OPEN = "<tool_call>";
const CLOSE = "</tool_call>";
const RESULT = "<tool_result";

/** Text up to a call passes as it comes; only what may be the beginning of a call is held back. */
export async function* readToldCalls(
  batches: AsyncIterable<Batch>,
  newId: () => string,
): AsyncGenerator<Batch> {
  const reader = new ToldCallReader(newId);
  for await (const batch of batches) {
    const events = batch.flatMap((event) => reader.read(event));
    if (events.length > 0) yield events;
  }
}

export class ToldCallReader {
  readonly #calls = new CallReader();
  readonly #newId: () => string;
  #held = "";
  #state: "text" | "call" | "invented" = "text";
  #callCount = 0;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  read(event: ModelEvent): readonly ModelEvent[] {
    if (event.type === "text") {
      this.#held += event.text;
      return this.#advance(false);
    }
    if (event.type !== "end") return [event];
    const last = this.#advance(true);
    const stopReason = this.#callCount > 0 && event.stopReason === "end_turn" ? "tool_use" : event.stopReason;
    return [...last, { ...event, stopReason }];
  }

  /** Everything that can be told from what is held; all of it when nothing more will come. */
  #advance(ended: boolean): readonly ModelEvent[] {
    const events: ModelEvent[] = [];
    for (;;) {
      if (this.#state === "call") {
        const end = this.#held.indexOf(CLOSE);
        if (end === -1 && !ended) return events;
        const body = end === -1 ? this.#held : this.#held.slice(0, end);
        this.#held = end === -1 ? "" : this.#held.slice(end + CLOSE.length);
        this.#state = "text";
        events.push(...this.#callsOf(body));
      }
      // After a result of its own invention nothing that the model says can be trusted.
      if (this.#state === "invented") this.#held = "";
      const next = this.#nextMark();
      const until = next?.at ?? (ended ? this.#held.length : safeLength(this.#held));
      const text = this.#held.slice(0, until);
      // What stands between two calls is layout.
      if (text !== "" && !(this.#callCount > 0 && text.trim() === "")) events.push({ type: "text", text });
      this.#held = this.#held.slice(until + (next?.mark.length ?? 0));
      if (!next) return events;
      this.#state = next.mark === OPEN ? "call" : "invented";
    }
  }

  #nextMark(): { readonly mark: string; readonly at: number } | undefined {
    return [OPEN, RESULT]
      .map((mark) => ({ mark, at: this.#held.indexOf(mark) }))
      .filter(({ at }) => at !== -1)
      .sort((a, b) => a.at - b.at)[0];
  }

  #callsOf(body: string): readonly ModelEvent[] {
    const said = saidCalls(body) ?? [{ name: "", input: body }];
    return said.map(({ name, input }) => {
      this.#callCount += 1;
      return { type: "call", call: this.#calls.read(this.#newId(), name, input) };
    });
  }
}

/** How much of the text cannot be the beginning of a mark. */
function safeLength(text: string): number {
  const longest = Math.max(OPEN.length, RESULT.length) - 1;
  for (let length = Math.min(longest, text.length); length > 0; length -= 1) {
    const tail = text.slice(-length);
    if (OPEN.startsWith(tail) || RESULT.startsWith(tail)) return text.length - length;
  }
  return text.length;
}

export interface SaidCall {
  readonly name: string;
  /** JSON text. */
  readonly input: string;
}

/** {"name", "arguments"} (some say "parameters"), or a list of them, perhaps in a code fence. Undefined when it is none. */
export function saidCalls(text: string): readonly SaidCall[] | undefined {
  const bare = text.trim().replace(/^```\w*\s*|\s*```$/g, "");
  let value: unknown;
  try {
    value = parseJson(bare);
  } catch {
    return undefined;
  }
  const said = (Array.isArray(value) ? value : [value]).map(saidCall);
  return said.length > 0 && said.every((call) => call !== undefined) ? said : undefined;
}

function saidCall(value: unknown): SaidCall | undefined {
  if (!isRecord(value) || typeof value.name !== "string") return undefined;
  const input = value.arguments ?? value.parameters ?? {};
  return { name: value.name, input: typeof input === "string" ? input : stringifyJson(input) };
}
