/** Replies reach the user: pictures of tools, questions that a guardrail blocked, and questions that always fail. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createBedrock } from "../../src/model/bedrock/index.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { pixel } from "../clients/pixel.ts";
import {
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;

const picture = new Uint8Array(Buffer.from(pixel, "base64"));

beforeEach(async () => {
  bedrock = await startBedrock();
  api = await startApi(() => new Response(picture, { headers: { "Content-Type": "image/png" } }));
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

async function start(
  model = MODEL,
  options: Partial<Parameters<typeof createBedrock>[0]> = {},
): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", model, "--no-summarize"],
    model: createBedrock(
      {
        model,
        region: "us-east-1",
        endpoint: bedrock.url,
        credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
        maxRetries: 0,
        retryDelayMs: 1,
        connectTimeoutMs: 5000,
        idleTimeoutMs: 20_000,
        ...options,
      },
      { now: Date.now, random: Math.random, sleep: (ms) => Bun.sleep(ms), warn: () => {} },
    ),
  });
}

async function ask(...messages: string[]) {
  const client = await NativeClient.connect(specchat.url);
  const ends = [];
  for (const message of messages) ends.push((await client.runTurn(message)).at(-1));
  client.close();
  return ends;
}

async function askCompletions(...contents: string[]) {
  const messages = contents.map((content, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content,
  }));
  const body = JSON.stringify({ model: MODEL, messages });
  return await (await fetch(`${specchat.url}/v1/chat/completions`, { method: "POST", body })).json();
}

const newestMessages = () => JSON.stringify(bedrock.requests.at(-1)?.body.messages);

describe("A picture that a tool returns", () => {
  const replies = [
    { calls: [{ name: "getThing", input: { id: "7" } }] },
    { text: "A dot." },
    { text: "Yes." },
  ];

  test("reaches a model that reads images, also in later turns.", async () => {
    await start();
    bedrock.script(replies);
    await ask("show it", "sure?");
    for (const request of bedrock.requests.slice(1)) {
      const text = JSON.stringify(request.body.messages);
      expect(text).toContain(`{"image":{"format":"png","source":{"bytes":"${pixel}"}}}`);
    }
  });

  test("stays away from a model that does not.", async () => {
    await start("us.amazon.nova-micro-v1:0");
    bedrock.script(replies);
    await ask("show it");
    expect(bedrock.requests).toHaveLength(2);
    expect(newestMessages()).not.toContain('"image":');
  });
});

describe("A question that a guardrail has blocked", () => {
  const guardrail = { guardrail: { id: "gr1", version: "1" } };
  /** Assesses all texts of a request, as Bedrock does. */
  const assess = () =>
    bedrock.script(({ body }) =>
      JSON.stringify(body.messages).includes("bomb")
        ? { text: "Blocked by policy.", stopReason: "guardrail_intervened" }
        : { text: "Fine." },
    );

  test("does not block the rest of the conversation.", async () => {
    await start(MODEL, guardrail);
    assess();
    expect(await ask("hello", "a bomb", "and boats?", "a bomb", "boats again?")).toMatchObject(
      ["end_turn", "guardrail", "end_turn", "guardrail", "end_turn"].map((stop_reason) => ({ stop_reason })),
    );
    expect(newestMessages()).toContain("and boats?");
  });

  test("does not block it for a client that keeps the history.", async () => {
    await start(MODEL, guardrail);
    assess();
    const blocked = await askCompletions("a bomb");
    expect(blocked.choices[0].finish_reason).toBe("content_filter");
    const next = await askCompletions("a bomb", blocked.choices[0].message.content, "boats?");
    expect(next.choices[0].message.content).toBe("Fine.");
  });

  test("blocks one more question of such a client after a restart, and none after that.", async () => {
    await start(MODEL, guardrail);
    assess();
    const [question, text] = ["a bomb", (await askCompletions("a bomb")).choices[0].message.content];
    await specchat.stop();
    await start(MODEL, guardrail);
    const [blocked] = (await askCompletions(question, text, "boats?")).choices;
    expect(blocked).toMatchObject({ finish_reason: "content_filter", message: { content: text } });
    const next = await askCompletions(question, text, "boats?", blocked.message.content, "ships?");
    expect(next.choices[0].message.content).toBe("Fine.");
  });
});

describe("A question that always fails", () => {
  const failures = ["modelStreamErrorException", "internalServerException", "modelTimeoutException"];
  test.each(failures)("does not open the circuit breaker for others (%s).", async (exception) => {
    await start();
    bedrock.script(({ body }) =>
      JSON.stringify((body.messages as unknown[]).at(-1)).includes("poison")
        ? {
            text: "So",
            fault: { after: 1, kind: { exception, message: "Model produced invalid sequence." } },
          }
        : { text: "Fine." },
    );
    const ends = await ask(...Array.from({ length: 7 }, () => "poison"));
    expect(ends.every((end) => end?.type === "error")).toBe(true);
    const sent = bedrock.requests.length;
    for (let index = 0; index < 7; index++) await askCompletions("poison");
    expect(bedrock.requests.length).toBe(sent + 7);
    expect(await ask("hello")).toMatchObject([{ type: "ai_response", message: "Fine." }]);
  });

  test("Failures of several conversations open it.", async () => {
    await start();
    bedrock.script(() => ({ error: { status: 500, type: "InternalServerException", message: "Oops." } }));
    for (let index = 0; index < 7; index++) await askCompletions(`question ${index}`);
    expect(bedrock.requests).toHaveLength(5);
  });
});
