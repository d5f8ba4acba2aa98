import { setTimeout as sleep } from "node:timers/promises";
import type { Message, ToolCall, ToolResult } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import type { Model, ModelRequest } from "../types.ts";
import { abilityOf } from "./abilities.ts";
import { answer, introduction, question } from "./answer.ts";
import { factsOf, plan } from "./plan.ts";

/**
 * The built-in model: plans with simple rules over the tools' names, descriptions and schemas, and says so.
 * @param options `pauseMs` before each word, so that it reads like a stream; default 12
 */
export function createDemoModel({ pauseMs = 12 }: { readonly pauseMs?: number } = {}): Model {
  return {
    async *stream(request, signal) {
      const { text, calls } = respond(request);
      const deltas = text.match(/\s*\S+\s*/g) ?? [];
      const written = deltas.slice(0, request.maxTokens);
      for (const delta of written) {
        await pause(pauseMs, signal);
        yield { type: "text", text: delta };
      }
      for (const call of calls) {
        await pause(pauseMs, signal);
        yield { type: "call", call };
      }
      await pause(0, signal);
      const cut = written.length < deltas.length;
      const inputTokens = tokens([request.system, request.messages, request.tools]);
      const usage = {
        inputTokens,
        outputTokens: tokens([text, calls]),
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
      };
      yield {
        type: "end",
        stopReason: cut ? "max_tokens" : calls.length > 0 ? "tool_use" : "end_turn",
        usage,
      };
    },
    health: async () => ({ status: "ready" }),
    limits: () => ({ contextTokens: 1_000_000, maxOutputTokens: 100_000 }),
    cost: () => 0,
    close() {},
  };
}

/** Calls for what is planned and not called yet in this turn; else, in words, what the calls brought. */
function respond({ messages, tools }: ModelRequest): { text: string; calls: readonly ToolCall[] } {
  const abilities = tools.map(abilityOf);
  const start = messages.findLastIndex(({ role }) => role === "user");
  const [past, turn] = [entries(messages.slice(0, start)), entries(messages.slice(start))];
  const before = factsOf(past.calls, past.results.toReversed(), abilities);
  const plans = plan(
    sentence(messages, start),
    abilities,
    before,
    factsOf(turn.calls, turn.results, abilities),
  );
  const key = (call: Pick<ToolCall, "name" | "arguments">) => stringifyJson([call.name, call.arguments]);
  const calls = plans
    .filter(({ missing }) => missing.length === 0)
    .map(({ ability, arguments: values }) => ({ name: ability.name, arguments: values }))
    .filter((call) => !turn.calls.some((done) => key(done) === key(call)))
    .map((call, index) => ({ id: `demo-${past.calls.length + turn.calls.length + index + 1}`, ...call }));
  if (calls.length > 0) return { text: "", calls };
  const answers = turn.calls.flatMap((call) => {
    const result = turn.results.find(({ callId }) => callId === call.id);
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
  const open = plans.filter(({ missing }) => missing.length > 0);
  const questions = open.map(({ ability, missing }) => question(ability.name, missing));
  return { text: [...answers, ...questions].join("\n\n") || introduction(abilities), calls: [] };
}

/** The user's words; when they answer a question of ours, after those of the request it was about. */
function sentence(messages: readonly Message[], at: number): string {
  const [request, asked, message] = messages.slice(Math.max(0, at - 2), at + 1);
  if (asked?.role !== "assistant" || request?.role !== "user" || message?.role !== "user")
    return textOf(messages[at]);
  const needed = /I still need \*\*(.+?)\*\*/.exec(textOf(asked))?.[1];
  return needed ? `${request.text} with ${needed} "${message.text}"` : message.text;
}

function textOf(message: Message | undefined): string {
  if (message?.role === "user") return message.text;
  return message?.role === "assistant"
    ? message.parts.map((part) => (part.type === "text" ? part.text : "")).join("")
    : "";
}

function entries(messages: readonly Message[]): { calls: ToolCall[]; results: ToolResult[] } {
  const parts = messages.flatMap((message) => (message.role === "assistant" ? message.parts : []));
  return {
    calls: parts.flatMap((part) => (part.type === "call" ? [part.call] : [])),
    results: messages.flatMap((message) => (message.role === "results" ? message.results : [])),
  };
}

/** About four characters to a token. */
function tokens(value: unknown): number {
  return Math.ceil(stringifyJson(value).length / 4);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (!signal.aborted && milliseconds > 0)
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new AppError("cancelled", "The answer was stopped.");
}
