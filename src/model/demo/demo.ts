import type { Message, ModelStopReason, ToolCall, Usage } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import type { Model, ModelEvent, ModelRequest } from "../types.ts";
import { abilityOf } from "./abilities.ts";
import { answer, introduction, question } from "./answer.ts";
import { factsOf, plan } from "./plan.ts";

export interface DemoModelOptions {
  /** Milliseconds between words, so that it reads like a stream. Default 12. */
  readonly pauseMs?: number;
}

/** The built-in model: plans with simple rules over the tools' names, descriptions and schemas, and says so. */
export function createDemoModel({ pauseMs = 12 }: DemoModelOptions = {}): Model {
  return {
    async *stream(request, signal) {
      const { text, calls } = respond(request);
      const deltas = text.match(/\S+\s*|\s+/g) ?? [];
      const written = deltas.slice(0, request.maxTokens);
      for (const delta of written) {
        await pause(pauseMs, signal);
        yield { type: "text", text: delta };
      }
      const cut = written.length < deltas.length;
      for (const call of cut ? [] : calls) {
        await pause(pauseMs, signal);
        yield { type: "call", call };
      }
      await pause(0, signal);
      yield end(
        cut ? "max_tokens" : calls.length > 0 ? "tool_use" : "end_turn",
        request,
        written.join("") + stringifyJson(calls),
      );
    },
    health: async () => ({ status: "ready" }),
    limits: () => ({ contextTokens: 1_000_000, maxOutputTokens: 100_000 }),
    cost: () => 0,
    close() {},
  };
}

/** Calls for whatever is planned and not called yet in this turn; then, in words, what they brought. */
function respond({ messages, tools }: ModelRequest): { text: string; calls: readonly ToolCall[] } {
  const abilities = tools.map(abilityOf);
  const start = messages.findLastIndex((message) => message.role === "user");
  const turn = messages.slice(start + 1);
  const done = callsOf(turn);
  const results = resultsOf(turn);
  const past = messages.slice(0, start);
  const before = factsOf(callsOf(past), resultsOf(past).slice(-1), abilities);
  const first = factsOf(done, resultsOf(turn.slice(0, 2)), abilities);
  const plans = plan(sentence(messages, start), abilities, before, first);
  const key = (call: Pick<ToolCall, "name" | "arguments">) => stringifyJson([call.name, call.arguments]);
  const known = new Set(done.map(key));
  const earlier = callsOf(past).length + done.length;
  const calls = plans
    .filter(({ missing }) => missing.length === 0)
    .map((one, index) => ({
      id: `demo-${earlier + index + 1}`,
      name: one.ability.name,
      arguments: one.arguments,
    }))
    .filter((call) => !known.has(key(call)));
  if (calls.length > 0) return { text: "", calls };
  const answers = done.flatMap((call) => {
    const result = results.find(({ callId }) => callId === call.id);
    return result
      ? [
          answer(
            call,
            result,
            abilities.find(({ name }) => name === call.name),
          ),
        ]
      : [];
  });
  const questions = plans.filter(({ missing }) => missing.length > 0).map(question);
  const text = [...answers, ...questions].join("\n\n");
  return { text: text === "" ? introduction(abilities) : text, calls: [] };
}

/** The user's words; when they answer a question of ours, those of the request it was about come first. */
function sentence(messages: readonly Message[], at: number): string {
  const [message, asked, request] = [messages[at], messages[at - 1], messages[at - 2]];
  const text = message?.role === "user" ? message.text : "";
  if (asked?.role !== "assistant" || request?.role !== "user") return text;
  const needed = asked.parts
    .map((part) => (part.type === "text" ? /I still need \*\*(.+?)\*\*/.exec(part.text)?.[1] : ""))
    .find(Boolean);
  return needed ? `${request.text} with ${needed} "${text}"` : text;
}

function callsOf(messages: readonly Message[]): ToolCall[] {
  return messages.flatMap((message) =>
    message.role === "assistant"
      ? message.parts.flatMap((part) => (part.type === "call" ? [part.call] : []))
      : [],
  );
}

function resultsOf(messages: readonly Message[]) {
  return messages.flatMap((message) => (message.role === "results" ? message.results : []));
}

/** About four characters to a token. */
function end(stopReason: ModelStopReason, request: ModelRequest, written: string): ModelEvent {
  const tokens = (text: string) => Math.ceil(text.length / 4);
  const read = stringifyJson([request.system, request.messages, request.tools]);
  const usage: Usage = {
    inputTokens: tokens(read),
    outputTokens: tokens(written),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
  };
  return { type: "end", stopReason, usage };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (!signal.aborted && milliseconds > 0) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener(
        "abort",
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }
  if (signal.aborted) throw new AppError("cancelled", "The answer was stopped.");
}
