/**
 * Measures the Responses API: the CPU time per delta against Converse on the same text, and how much of a long prefix is read
 * from the cache over ten turns.
 */
import type { Message, MessageId } from "../../src/chat/types.ts";
import { startBedrock } from "../bedrock/index.ts";
import { createBedrockAt } from "../support/harness.ts";
import type { Measurement } from "./measurement.ts";
import { startStandIn } from "./stand-in-process.ts";
import { measureMinCpu } from "./streaming.ts";

const DELTAS = 20_000;
const TURNS = 10;
const PREFIX_TOKENS = 30_000;

export async function responses(): Promise<readonly Measurement[]> {
  return [...(await measureDeltas()), await measureCache()];
}

async function measureDeltas(): Promise<readonly Measurement[]> {
  const standIn = await startStandIn();
  const model = createBedrockAt(standIn.url);
  const read = async (id: string) => {
    const messages = [{ role: "user", id: "m" as MessageId, at: "", text: "hi" }] as const;
    const request = { model: id, system: "", messages, tools: [], maxTokens: 100 };
    for await (const event of model.stream(request, new AbortController().signal)) void event;
  };
  const measurements: Measurement[] = [];
  for (const perWrite of [1, 50]) {
    const [converse = Number.NaN, api = Number.NaN] = await measureMinCpu([
      () => read(`deltas-${DELTAS}-${perWrite}`),
      () => read(`openai.gpt-deltas-${DELTAS}-${perWrite}`),
    ]);
    measurements.push({
      name: `stream a delta of Responses, ${perWrite} per write`,
      value: `${(api / DELTAS).toFixed(2)} µs CPU`,
      ratio: { of: api / converse, to: "Converse on the same text", target: 1.5 },
    });
  }
  model.close();
  await standIn.stop();
  return measurements;
}

/** Returns the share of input tokens of turns 2 to 10 that is not read from the cache. */
async function measureCache(): Promise<Measurement> {
  const bedrock = await startBedrock();
  const model = createBedrockAt(bedrock.url);
  const id = "us.openai.gpt-5.6-luna";
  const stamp = { id: "m" as MessageId, at: "" };
  const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const messages: Message[] = [];
  let all = 0;
  let read = 0;
  for (let turn = 1; turn <= TURNS; turn++) {
    messages.push({ role: "user", ...stamp, text: `Question ${turn}: how many orders are late?` });
    bedrock.script([{ text: `Answer ${turn}: seven orders are late.` }]);
    const system = "word ".repeat((PREFIX_TOKENS * 4) / 5);
    const request = { model: id, system, messages: [...messages], tools: [], maxTokens: 100, session: "s" };
    for await (const event of model.stream(request, new AbortController().signal)) {
      if (event.type !== "end" || turn === 1) continue;
      all += event.usage.inputTokens + event.usage.cacheReadTokens + event.usage.cacheWriteTokens;
      read += event.usage.cacheReadTokens;
    }
    const parts = [{ type: "text", text: `Answer ${turn}: seven orders are late.` }] as const;
    messages.push({ role: "assistant", ...stamp, parts, model: id, usage });
  }
  model.close();
  await bedrock.stop();
  return {
    name: `cache reads of GPT over ${TURNS} turns`,
    value: `${((read / all) * 100).toFixed(2)} %`,
    ratio: { of: 1 - read / all, to: "all input tokens not read from the cache", target: 0.1 },
  };
}
