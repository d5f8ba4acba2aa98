import { setTimeout as sleep } from "node:timers/promises";
import type { Message, ToolCall } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import type { Model, ModelRequest } from "../types.ts";
import { abilityOf } from "./abilities.ts";
import { answer, introduction, question } from "./answer.ts";
import { factsOf, plan } from "./plan.ts";

/**
 * The built-in model: plans with simple rules over the tools' names, descriptions and schemas, and says so.
 * `pauseMs` before each word makes it read like a stream; default 12.
 */
export function createDemoModel({ pauseMs = 12 }: { readonly pauseMs?: number } = {}): Model {
  return {
    async *stream(request, signal) {
      const { text, calls } = respond(request);
      const words = text.match(/\s*\S+\s*/g) ?? [];
      for (const word of words.slice(0, request.maxTokens)) {
        await pause(pauseMs, signal);
        yield { type: "text", text: word };
      }
      await pause(pauseMs, signal);
      for (const call of calls) yield { type: "call", call };
      await pause(0, signal);
      const answered = words.length > request.maxTokens ? "max_tokens" : "end_turn";
      const inputTokens = tokens([request.system, request.messages, request.tools]);
      const usage = {
        inputTokens,
        outputTokens: tokens([text, calls]),
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
      };
      yield { type: "end", stopReason: calls.length > 0 ? "tool_use" : answered, usage };
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
  const isNew = (name: string, values: unknown) =>
    !turn.calls.some((call) => call.name === name && stringifyJson(call.arguments) === stringifyJson(values));
  const number = past.calls.length + turn.calls.length + 1;
  const calls = plans
    .filter((one) => one.missing.length === 0 && isNew(one.ability.name, one.arguments))
    .map((one, index) => ({
      id: `demo-${number + index}`,
      name: one.ability.name,
      arguments: one.arguments,
    }));
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

/** The user's words, bounded; when they answer a question of ours, after those of the request it was about. */
function sentence(messages: readonly Message[], at: number): string {
  const [message = "", asked = "", request] = [at, at - 1, at - 2].map((index) => textOf(messages[index]));
  const [, needed] = /I still need \*\*(.+?)\*\*/.exec(asked) ?? [];
  return (needed ? `${request} with ${needed} "${message}"` : message).slice(0, 1000);
}

function textOf(message: Message | undefined): string {
  if (message?.role !== "assistant") return message?.role === "user" ? message.text : "";
  return message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function entries(messages: readonly Message[]) {
  const parts = messages.flatMap((message) => (message.role === "assistant" ? message.parts : []));
  const results = messages.flatMap((message) => (message.role === "results" ? message.results : []));
  return { calls: parts.flatMap((part) => (part.type === "call" ? [part.call] : [])), results };
}

/** About four characters to a token. */
function tokens(value: unknown): number {
  return Math.ceil(stringifyJson(value).length / 4);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new AppError("cancelled", "The answer was stopped.");
}
