/** A built-in model without a language model: it plans tool calls with simple rules. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ToolCall, ToolResult } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import type { Model, ModelRequest } from "../types.ts";
import { type DemoTool, toDemoTool } from "./demo-tool.ts";
import { planCalls } from "./plan.ts";
import { askForMissing, formatIntroduction, formatResult } from "./reply.ts";
import { findSearchTools, nextSearchStep, type SearchTools } from "./search.ts";

/** Estimates four characters per token. */
const estimateTokens = (value: unknown) => Math.ceil(stringifyJson(value).length / 4);
const NO_USAGE = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/**
 * Creates the demo model, which plans with rules over the names, descriptions and schemas of the tools, and says so.
 * @param options `pauseMs` is the pause before each word, 12 by default; a reply takes at most about 1.5 s.
 */
export function createDemoModel({ pauseMs = 12 }: { readonly pauseMs?: number } = {}): Model {
  return {
    async *stream(request, signal) {
      const { text, calls } = respond(request);
      const words = text.match(/\s*\S+\s*/g) ?? [];
      const shown = words.slice(0, request.maxTokens);
      const step = Math.ceil((shown.length * pauseMs) / 1500) || 1;
      for (let at = 0; at < shown.length; at += step) {
        await pause(pauseMs, signal);
        yield { type: "text", text: shown.slice(at, at + step).join("") };
      }
      await pause(0, signal);
      for (const call of calls) yield { type: "call", call };
      await pause(0, signal);
      const stopReason = shown.length < words.length ? "max_tokens" : "end_turn";
      const usage = {
        ...NO_USAGE,
        inputTokens: estimateTokens(request),
        outputTokens: estimateTokens([text, calls]),
      };
      yield { type: "end", stopReason: calls.length > 0 ? "tool_use" : stopReason, usage };
    },
    health: async () => ({ status: "ready" }),
    limits: () => ({ contextTokens: 1_000_000, maxOutputTokens: 100_000 }),
    cost: () => 0,
    close() {},
  };
}

/** Tools for stored results, which the rules do not use. */
const RESULT_TOOLS = /^(specchat_)*((read|search|query)_result|fetch_all)$/;

interface DemoReply {
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

/** Formats the last results, or plans calls for the last user message and asks for missing parameters. */
function respond({ messages, tools }: ModelRequest): DemoReply {
  const last = messages.at(-1);
  const search = findSearchTools(tools);
  if (search) return respondBySearching(messages, tools, search);
  const demoTools = tools.filter(({ name }) => !RESULT_TOOLS.test(name)).map(toDemoTool);
  return last?.role === "results" ? describeResults(last.results, demoTools) : plan(messages, demoTools);
}

function respondBySearching(
  messages: ModelRequest["messages"],
  tools: ModelRequest["tools"],
  search: SearchTools,
): DemoReply {
  const last = messages.at(-1);
  const next = nextSearchStep(search, lastUserText(messages), last);
  if (next.step === "answered") return describeResults(last?.role === "results" ? last.results : [], []);
  if (next.step === "search")
    return { text: "", calls: next.calls.map((call, index) => ({ ...call, id: callId(messages, index) })) };
  const isSearchTool = (name: string) => Object.values(search).includes(name) || RESULT_TOOLS.test(name);
  const direct = tools.filter(({ name }) => !isSearchTool(name));
  const { text, calls } = plan(messages, [...direct, ...next.definitions].map(toDemoTool));
  const isDirect = (name: string) => direct.some((tool) => tool.name === name);
  return {
    text,
    calls: calls.map((call) =>
      isDirect(call.name)
        ? call
        : { ...call, name: search.call, arguments: { name: call.name, arguments: call.arguments } },
    ),
  };
}

function plan(messages: ModelRequest["messages"], demoTools: readonly DemoTool[]): DemoReply {
  const plans = planCalls(lastUserText(messages), demoTools);
  if (plans.length === 0) return { text: formatIntroduction(demoTools), calls: [] };
  const ready = plans.filter(({ missing }) => missing.length === 0);
  const calls = ready.map(({ tool, values }, index) => {
    return { id: callId(messages, index), name: tool.name, arguments: values };
  });
  const questions = plans.filter((one) => !ready.includes(one)).map(askForMissing);
  return { text: questions.join("\n\n"), calls };
}

function describeResults(results: readonly ToolResult[], demoTools: readonly DemoTool[]): DemoReply {
  return { text: results.map((result) => formatResult(result, demoTools)).join("\n\n"), calls: [] };
}

function lastUserText(messages: ModelRequest["messages"]): string {
  const message = messages.findLast(({ role }) => role === "user");
  return message?.role === "user" ? message.text.slice(0, 1000).replace(/\s+/g, " ") : "";
}

function callId(messages: ModelRequest["messages"], index: number): string {
  return `demo-${messages.length}-${index + 1}`;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new AppError("cancelled", "The reply was stopped.");
}
