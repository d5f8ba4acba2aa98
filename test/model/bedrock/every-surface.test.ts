/**
 * A conversation with every model family over every API that serves it: turns with calls, a turn that is stopped between
 * its results and the reply, questions after it, a trimmed history, sampling, and a limit of one token. Reasoning is on.
 * The stand-in refuses what each model refuses, and nothing may be refused.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startTurn } from "../../../src/chat/turn.ts";
import type { Message, MessageId, TurnEvent, TurnId } from "../../../src/chat/types.ts";
import { type BedrockOptions, createBedrock } from "../../../src/model/bedrock/index.ts";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import type { Model } from "../../../src/model/types.ts";
import { type Reply, type ScriptedResponse, type StandIn, startBedrock } from "../../bedrock/index.ts";
import { LIMITS } from "../../chat/turn-limits.ts";
import { MANTLE_IDS, MODEL_IDS } from "./ids.ts";
import { SEARCH } from "./setup.ts";

let bedrock: StandIn;
const models = new Map<string, Model>();

function connect(options: Partial<BedrockOptions>): Model {
  return createBedrock(
    {
      model: "amazon.nova-micro-v1:0",
      region: "us-east-1",
      endpoint: bedrock.url,
      mantleEndpoint: bedrock.mantleUrl,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
      maxRetries: 0,
      retryDelayMs: 1,
      connectTimeoutMs: 5000,
      idleTimeoutMs: 30_000,
      ...options,
    },
    { now: () => 0, random: Math.random, sleep: async () => {}, warn: () => {} },
  );
}

beforeAll(async () => {
  bedrock = await startBedrock();
  models.set(
    "preferred",
    connect({ reasoningEffort: "high", cacheTtl: "1h", serviceTier: "flex", requestMetadata: { team: "a" } }),
  );
  // A guardrail keeps models on Converse that the Responses API serves too.
  models.set("converse", connect({ reasoningEffort: "high", guardrail: { id: "g", version: "1" } }));
  models.set("without reasoning", connect({}));
});

afterAll(async () => {
  for (const model of models.values()) model.close();
  await bedrock.stop();
});

/** A conversation that keeps its messages, as a session does. */
class Conversation {
  readonly messages: Message[] = [];
  readonly #port: Model;
  readonly #model: string;
  #turns = 0;

  constructor(port: Model, model: string) {
    this.#port = port;
    this.#model = model;
  }

  /** Runs a turn over the script. `stop` aborts it when a scripted response hangs. */
  async ask(script: readonly ScriptedResponse[], limits: Partial<typeof LIMITS> = {}, system = "Be kind.") {
    const stop = new AbortController();
    bedrock.script((_request, index) => {
      const response = script[index] ?? { text: "The script is exhausted." };
      if ("hang" in response) setTimeout(() => stop.abort(), 0);
      return response;
    });
    this.#turns += 1;
    let ids = 0;
    const input = {
      id: `t${this.#turns}` as TurnId,
      history: { messages: [...this.messages], skipped: 0 },
      message: `Question ${this.#turns}`,
      model: this.#model,
      system,
      tools: [SEARCH],
      toolTokens: 50,
    };
    const ports = {
      model: this.#port,
      run: async ({ id, name }: { id: string; name: string }) =>
        ({ callId: id, name, status: "failed", content: "nothing found", durationMs: 1 }) as const,
      truncate: async <Result>(result: Result) => result,
      approvalPolicy: async () => ({ verdict: "run" }) as const,
      now: () => new Date(0),
      newId: () => `m${this.#turns}-${++ids}` as MessageId,
    };
    let end: TurnEvent | undefined;
    for await (const event of startTurn(
      input,
      { ...LIMITS, maxTokens: 1000, ...limits },
      ports,
      stop.signal,
    )) {
      if (event.type === "turn_started") this.messages.push(event.question);
      if (event.type === "message_added") this.messages.push(event.message);
      end = event;
    }
    if (end?.type !== "turn_ended") throw new Error("A turn must end with turn_ended.");
    return end.end.outcome === "answered"
      ? end.end.stopReason
      : (end.end.error.detail ?? end.end.error.message);
  }
}

/** Returns a reply with reasoning as the family returns it, and a call as its tools allow. */
function replyWith(model: string, isReasoning: boolean, part: "call" | "text", turn: number): Reply {
  const { tools, reasoning } = capabilitiesOf(model);
  const content =
    part === "text"
      ? { text: ["Part one, ", "part two."] }
      : tools === "none"
        ? { text: '<tool_call>{"name":"search","arguments":{"q":"a"}}</tool_call>' }
        : { calls: [{ name: "search", input: { q: "a" } }] };
  if (!isReasoning || reasoning === "none" || reasoning === "always") return content;
  const proof = `${model} ${turn} ${part}`.replaceAll(/[^a-z0-9]/gi, "");
  const isEncrypted = reasoning === "effort_object";
  return {
    ...content,
    reasoning: {
      text: isEncrypted ? "" : "Hm.",
      ...(isEncrypted ? { redacted: proof } : { signature: proof }),
    },
  };
}

async function converse(kind: string, model: string) {
  const port = models.get(kind);
  if (!port) throw new Error(`There is no model for ${kind}.`);
  const before = bedrock.requests.length;
  const conversation = new Conversation(port, model);
  const reply = (part: "call" | "text", turn: number) =>
    replyWith(model, kind !== "without reasoning", part, turn);
  const ends = [
    await conversation.ask([reply("call", 1), reply("text", 1)]),
    await conversation.ask([reply("call", 2), { hang: true }]),
    await conversation.ask([reply("text", 3)], { temperature: 0.5, topP: 0.9 }),
    await conversation.ask([reply("call", 4), reply("text", 4)], { maxTokens: 1 }),
    await conversation.ask([reply("text", 5)], { maxConversationMessages: 4 }, "Be very kind."),
  ];
  const requests = bedrock.requests.slice(before);
  return {
    ends,
    refusals: requests.flatMap(({ refusal }) => refusal?.message ?? []),
    surfaces: [...new Set(requests.map(({ surface }) => surface))],
  };
}

const ENDS = ["end_turn", "stopped", "end_turn", "end_turn", "end_turn"];

describe("a conversation with a stopped turn, sampling, a limit of one token and trimming works with", () => {
  for (const id of [...MODEL_IDS, ...MANTLE_IDS])
    test(id, async () => {
      const { apis, endpoint, mantlePaths, reasoning } = capabilitiesOf(id);
      const surface =
        apis[0] === "converse"
          ? "converse"
          : endpoint === "mantle"
            ? `mantle ${mantlePaths[0]}`
            : "responses";
      const expected = { ends: ENDS, refusals: [], surfaces: [surface] };
      expect(await converse("preferred", id)).toEqual(expected as never);
      if (reasoning !== "none") expect(await converse("without reasoning", id)).toEqual(expected as never);
    });
});

describe("over Converse, which a guardrail needs, it works with", () => {
  for (const id of MODEL_IDS.filter((name) => capabilitiesOf(name).apis[0] === "responses"))
    test(id, async () => {
      expect(await converse("converse", id)).toEqual({ ends: ENDS, refusals: [], surfaces: ["converse"] });
    });
});
