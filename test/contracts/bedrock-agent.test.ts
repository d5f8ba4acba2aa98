/** The bedrock-agent protocol: a real server, a stand-in for Bedrock agents, and our own engine as an agent. */

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createBedrockAgent } from "../../src/model/agent/index.ts";
import { createBedrock } from "../../src/model/bedrock/index.ts";
import { type AgentStandIn, startAgentStandIn } from "../bedrock/agent.ts";
import { ACCOUNT, startIdentityStandIn } from "../bedrock/identity.ts";
import { issueCookie } from "../support/browser-cookie.ts";
import {
  MODEL,
  type RecordingApi,
  type Specchat,
  type StartOptions,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

let agents: AgentStandIn;
let api: RecordingApi;
let specchat: Specchat;

beforeEach(async () => {
  agents = await startAgentStandIn();
  api = await startApi();
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([agents.stop(), api.stop()]);
});

type Start = Pick<StartOptions, "argv" | "environment" | "model">;

async function start({
  argv = [],
  environment = {},
  model = createScriptedModel([]),
}: Start = {}): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, ...argv],
    environment,
    model,
    ports: {
      agents: createBedrockAgent({
        region: "us-east-1",
        endpoint: agents.url,
        credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
        connectTimeoutMs: 5000,
        idleTimeoutMs: 60_000,
      }),
    },
  });
}

const QUESTION = { input_text: "What is machine learning?", agent_id: "AGENT123" };
const AT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const MACHINE = { events: [{ chunk: "Machine learning" }, { chunk: " is a subset" }] };

function post(body: unknown, init: RequestInit = {}, query = ""): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${specchat.url}/api/agent/stream${query}`, { method: "POST", body: text, ...init });
}

type Line = Record<string, unknown> & { type: string };

function linesOf(text: string): Line[] {
  expect(text).toEndWith("\n");
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function lines(fields: object = {}): Promise<Line[]> {
  const response = await post({ ...QUESTION, ...fields });
  expect(response.status).toBe(200);
  return linesOf(await response.text());
}

const types = (list: readonly Line[]) => list.map(({ type }) => type);

test("A1 The reply is start, one chunk for each part of the text, and a completion.", async () => {
  await start();
  agents.script([MACHINE]);
  const response = await post(QUESTION);
  expect([
    response.status,
    response.headers.get("content-type"),
    response.headers.get("cache-control"),
  ]).toEqual([200, "application/json", "no-cache"]);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("x-accel-buffering")).toBe("no");
  const session_id = expect.any(String);
  const more = { content: "", done: false, timestamp: AT };
  const read = linesOf(await response.text());
  expect(read).toEqual([
    { type: "start", ...more, session_id, agent_id: "AGENT123" },
    { type: "chunk", ...more, content: "Machine learning", accumulated_content: "Machine learning" },
    {
      type: "chunk",
      ...more,
      content: " is a subset",
      accumulated_content: "Machine learning is a subset",
    },
    { type: "completion", ...more, done: true, session_id, final_content: "Machine learning is a subset" },
  ]);
  expect(Object.keys(read[1] ?? {})).toEqual(["type", "content", "done", "timestamp", "accumulated_content"]);
});

test("A2 A request without a session gets a new one, with the same id in start and completion.", async () => {
  await start();
  for (const session_id of [undefined, null, ""]) {
    agents.script([MACHINE]);
    const read = await lines({ session_id });
    expect(read[0]?.session_id).toMatch(/^session-\d{10}-[0-9a-f]{8}$/);
    expect(read.at(-1)?.session_id).toBe(read[0]?.session_id);
    expect(agents.requests.at(-1)?.sessionId).toBe(String(read[0]?.session_id));
  }
});

test("A3 The session and the alias of the request reach the agent.", async () => {
  await start();
  agents.script([MACHINE, MACHINE]);
  expect((await lines({ session_id: "session-123", input_text: "  padded " }))[0]).toMatchObject({
    session_id: "session-123",
  });
  await lines({ agent_alias_id: "LIVE", agent_id: " AGENT123 " });
  expect(
    agents.requests.map(({ agentId, agentAliasId, body }) => [agentId, agentAliasId, body.inputText]),
  ).toEqual([
    ["AGENT123", "TSTALIASID", "padded"],
    ["AGENT123", "LIVE", QUESTION.input_text],
  ]);
  expect(agents.requests[0]?.sessionId).toBe("session-123");
});

test("A3 An alias or a session that is not text is rejected within the stream.", async () => {
  await start();
  for (const fields of [{ agent_alias_id: null }, { agent_alias_id: 5 }, { session_id: 7 }]) {
    const read = await lines(fields);
    expect(types(read)).toEqual(["start", "error"]);
    expect(read[1]?.error).toStartWith("Boto Error: Parameter validation failed");
  }
});

test("A4 A character that is split over two chunks arrives intact.", async () => {
  await start();
  const bytes = new TextEncoder().encode("café au lait");
  agents.script([{ events: [{ chunk: bytes.slice(0, 4) }, { chunk: bytes.slice(4) }] }]);
  expect((await lines()).at(-1)?.final_content).toBe("café au lait");
});

describe("A5, A6 Traces are requested and sent only with DEBUG_MODE=true:", () => {
  const trace = { agentId: "AGENT123", trace: { orchestrationTrace: { rationale: { text: "hm" } } } };
  test.each([
    ["true", { enableTrace: true }, ["start", "trace", "chunk", "completion"]],
    ["false", {}, ["start", "chunk", "completion"]],
  ])("%s", async (DEBUG_MODE, requested, expected) => {
    await start({ environment: { DEBUG_MODE } });
    agents.script([{ events: [{ trace }, { chunk: "So." }] }]);
    const read = await lines();
    expect(types(read)).toEqual(expected);
    expect(agents.requests[0]?.body).toEqual({
      inputText: QUESTION.input_text,
      ...requested,
      streamingConfigurations: { streamFinalResponse: true },
    });
    const traces = read.filter(({ type }) => type === "trace").map(({ trace_data }) => trace_data);
    expect(traces).toEqual(DEBUG_MODE === "true" ? [trace] : []);
  });
});

test("A7 Session attributes and prompt session attributes reach the agent as its session state.", async () => {
  await start();
  agents.script([MACHINE]);
  const read = await lines({ session_attributes: { a: "b" }, prompt_session_attributes: { c: "d" } });
  expect(types(read)).not.toContain("error");
  expect(agents.requests[0]?.body.sessionState).toEqual({
    sessionAttributes: { a: "b" },
    promptSessionAttributes: { c: "d" },
  });
});

const FOREIGN = {
  invocationId: "i1",
  invocationInputs: [
    { functionInvocationInput: { actionGroup: "g", function: "elsewhere", parameters: [] } },
  ],
};

test("A8 When the agent returns control, the client receives it, the stream completes, and the client may send results.", async () => {
  await start();
  agents.script([{ events: [{ returnControl: FOREIGN }] }, { events: [{ chunk: "Thanks." }] }]);
  const read = await lines({ session_id: "session-123" });
  expect(types(read)).toEqual(["start", "return_control", "completion"]);
  expect([read[1]?.return_control_data, read[2]?.done]).toEqual([FOREIGN, true]);
  const results = [
    { functionResult: { actionGroup: "g", function: "elsewhere", responseBody: { TEXT: { body: "42" } } } },
  ];
  const reply = await lines({
    input_text: undefined,
    session_id: "session-123",
    invocation_id: "i1",
    return_control_invocation_results: results,
  });
  expect(reply.at(-1)?.final_content).toBe("Thanks.");
  expect(agents.requests[1]?.body.sessionState).toEqual({
    invocationId: "i1",
    returnControlInvocationResults: results,
  });
});

test("A9 An error of AWS is one error within the stream, with the message of AWS.", async () => {
  await start();
  agents.script([
    { error: { status: 403, type: "AccessDeniedException", message: "User is not authorized" } },
  ]);
  const read = await lines();
  expect(read.slice(1)).toEqual([
    {
      type: "error",
      content: "",
      done: true,
      timestamp: AT,
      error: "AWS Error (AccessDeniedException): User is not authorized",
      error_code: "AccessDeniedException",
    },
  ]);
});

test("A10 A broken stream ends with one error and no completion.", async () => {
  await start();
  agents.script([{ events: [{ chunk: "So" }], fault: "reset" }]);
  const read = await lines();
  expect(types(read)).toEqual(["start", "chunk", "error"]);
  expect(read[2]).toMatchObject({ done: true, error: expect.stringMatching(/^Stream Error: /) });
});

describe("A11, A12, A13, A14 An invalid body gets 400 with the message of the original system:", () => {
  const text = "input_text is required and must be a non-empty string";
  const agent = "agent_id is required and must be a non-empty string";
  const object = "Request body must be a JSON object";
  test.each([
    ["A11", "{bad", "Invalid JSON in request body"],
    ["A11", "", "Invalid JSON in request body"],
    ["A12", "[1]", object],
    ["A12", '"text"', object],
    ["A12", "null", object],
    ["A13", "{}", `${text}; ${agent}`],
    ["A13", { input_text: 5, agent_id: "A" }, text],
    ["A13", { input_text: "   ", agent_id: "A" }, text],
    ["A13", { input_text: "hi", agent_id: " " }, agent],
    ["A14", { ...QUESTION, session_attributes: "z" }, "session_attributes must be an object"],
    ["A14", { ...QUESTION, prompt_session_attributes: [1] }, "prompt_session_attributes must be an object"],
  ])("%s %j", async (_item, body, detail) => {
    await start();
    const response = await post(body, { headers: { "Content-Type": "text/plain" } });
    expect([response.status, await response.json()]).toEqual([400, { detail }]);
    expect(agents.requests).toEqual([]);
  });
});

test("A14 Attributes that are null, false, 0 or an empty text count as absent.", async () => {
  await start();
  for (const value of [null, false, 0, ""]) {
    agents.script([MACHINE]);
    expect((await lines({ session_attributes: value, prompt_session_attributes: value })).at(-1)?.type).toBe(
      "completion",
    );
    expect(agents.requests.at(-1)?.body.sessionState).toBeUndefined();
  }
});

test("A15 Other methods and paths get JSON errors.", async () => {
  await start();
  const wrong = await fetch(`${specchat.url}/api/agent/stream`);
  expect([wrong.status, wrong.headers.get("allow"), await wrong.json()]).toEqual([
    405,
    "POST",
    { detail: "Method Not Allowed" },
  ]);
  const missing = await fetch(`${specchat.url}/nope`);
  expect([missing.status, await missing.json()]).toEqual([404, { detail: "Not Found" }]);
});

test("A16 /health names the account, or answers 503 with one object that says what is wrong.", async () => {
  const identities = startIdentityStandIn();
  const model = (key: string) =>
    createBedrock(
      {
        model: MODEL,
        region: "us-east-1",
        endpoint: agents.url,
        stsEndpoint: identities.url,
        credentials: { accessKeyId: key, secretAccessKey: "secret" },
        maxRetries: 0,
        retryDelayMs: 1,
        connectTimeoutMs: 5000,
        idleTimeoutMs: 60_000,
      },
      { now: Date.now, random: Math.random, sleep: (ms) => Bun.sleep(ms), warn: () => {} },
    );
  const common = { service: "specchat", version: expect.any(String), timestamp: AT };
  await start({ argv: ["--health-details"], model: model("AKIDEXAMPLE") });
  const well = await fetch(`${specchat.url}/health`);
  expect([well.status, await well.json()]).toEqual([
    200,
    {
      status: "healthy",
      ...common,
      details: { bedrock_client: "initialized", aws_region: "us-east-1", aws_account: ACCOUNT },
    },
  ]);
  await specchat.stop();
  identities.behavior = "unknown";
  await start({ model: model("AKIDOTHER") });
  const ill = await fetch(`${specchat.url}/health`);
  expect([ill.status, await ill.json()]).toEqual([
    503,
    {
      status: "unhealthy",
      ...common,
      details: {
        bedrock_client: "initialized",
        aws_region: "us-east-1",
        credential_error: expect.stringContaining("InvalidClientTokenId"),
        advice: expect.any(String),
      },
    },
  ]);
  await identities.stop();
});

test("A17 / names the address of the stream, and /docs answers.", async () => {
  await start();
  const response = await fetch(specchat.url, { headers: { Accept: "*/*" } });
  expect([response.status, await response.json()]).toMatchObject([
    200,
    {
      message: "Bedrock Agent Streaming API",
      endpoints: { stream: "POST /api/agent/stream", health: "GET /health", docs: "GET /docs" },
      timestamp: AT,
    },
  ]);
  const docs = await fetch(`${specchat.url}/docs`);
  expect([docs.status, await docs.text()]).toEqual([200, expect.stringContaining("POST /api/agent/stream")]);
});

test("A18 Each request has its own id, which is in both of its log lines.", async () => {
  await start();
  agents.script([MACHINE, MACHINE]);
  const ids: string[] = [];
  for (const session_id of ["session-1", "session-2"]) {
    const response = await post({ ...QUESTION, session_id });
    await response.text();
    ids.push(response.headers.get("x-request-id") ?? "");
  }
  expect(ids[0]).not.toBe(String(ids[1]));
  const logged = specchat.log.filter((line) => / - app - /.test(line));
  const prefix = "2026-01-01 12:00:00".length;
  expect(logged.map((line) => line.slice(prefix))).toEqual(
    ids.flatMap((id, index) => [
      ` - app - INFO - Request started - {"request_id": "${id}", "method": "POST", "url": "/api/agent/stream"}\n`,
      ` - app - INFO - Agent invocation completed - {"request_id": "${id}", "session_id": "session-${index + 1}", "chunks": 2, "content_length": 28}\n`,
    ]),
  );
  expect(logged[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - /);
});

test("A19 Origins in ALLOWED_ORIGINS are trimmed, and no other origin may read a response.", async () => {
  await start({ environment: { ALLOWED_ORIGINS: "http://a.test, http://b.test" } });
  const preflight = (Origin: string) =>
    fetch(`${specchat.url}/api/agent/stream`, {
      method: "OPTIONS",
      headers: { Origin, "Access-Control-Request-Method": "POST" },
    });
  const listed = await preflight("http://b.test");
  expect(listed.headers.get("access-control-allow-origin")).toBe("http://b.test");
  expect(listed.headers.get("access-control-allow-methods")).toBe("POST");
  const other = await preflight("http://evil.test");
  expect(other.headers.get("access-control-allow-origin")).toBeNull();
});

/** Reads as the React hook of the original does: every read counts as complete lines, and invalid lines are dropped. */
async function hook(
  response: Response,
  onChunk = () => {},
): Promise<{ content: string; dropped: number; chunks: number }> {
  let [content, dropped, chunks] = ["", 0, 0];
  const decoder = new TextDecoder();
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    for (const line of decoder.decode(bytes).split("\n")) {
      if (!line.trim()) continue;
      try {
        const event = JSON.parse(line);
        if (event.type !== "chunk") continue;
        chunks += 1;
        content = event.accumulated_content;
        onChunk();
      } catch {
        dropped += 1;
      }
    }
  }
  return { content, dropped, chunks };
}

test("A20 A client that takes every read for complete lines gets all chunks of a long reply.", async () => {
  await start();
  const parts = Array.from({ length: 200 }, (_, index) => `word ${index} é😀 `);
  let shown = Promise.withResolvers<void>();
  // Chunks that arrive together may be cut anywhere. Only one chunk is under way at a time.
  async function* events() {
    for (const chunk of parts) {
      shown = Promise.withResolvers();
      yield { chunk };
      await shown.promise;
    }
  }
  agents.script([{ events: events() }]);
  const read = await hook(await post(QUESTION), () => shown.resolve());
  expect(read).toEqual({ content: parts.join(""), dropped: 0, chunks: 200 });
});

test("A20 A very long reply in small pieces does not repeat its text with each piece.", async () => {
  await start();
  const parts = Array.from({ length: 4000 }, (_, index) => `${index} piece `);
  agents.script([{ events: parts.map((chunk) => ({ chunk })) }]);
  const read = linesOf(await (await post(QUESTION)).text());
  const chunks = read.filter(({ type }) => type === "chunk");
  expect(chunks.at(-1)?.accumulated_content).toBe(parts.join(""));
  expect(chunks.length).toBeLessThan(1500);
});

test("?accumulate=false omits the repeated text, and Accept selects the NDJSON content type.", async () => {
  await start();
  agents.script([MACHINE]);
  const response = await post(QUESTION, { headers: { Accept: "application/x-ndjson" } }, "?accumulate=false");
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  const read = linesOf(await response.text());
  expect(read.map(({ content, accumulated_content }) => [content, accumulated_content])).toEqual([
    ["", undefined],
    ["Machine learning", undefined],
    [" is a subset", undefined],
    ["", undefined],
  ]);
  expect(read.at(-1)?.final_content).toBe("Machine learning is a subset");
});

test("A21 A disconnect closes the connection to AWS and is logged, and the next request works.", async () => {
  await start();
  agents.script([{ events: [{ chunk: "So" }], fault: "silence" }, MACHINE]);
  const disconnect = new AbortController();
  const response = await post(QUESTION, { signal: disconnect.signal });
  const id = response.headers.get("x-request-id");
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>)
    if (new TextDecoder().decode(bytes).includes('"chunk"')) break;
  disconnect.abort();
  expect(await agents.requests[0]?.outcome).toBe("disconnected");
  expect((await lines()).at(-1)?.type).toBe("completion");
  expect(
    specchat.log.filter((line) => line.includes(`Client disconnected - {"request_id": "${id}"`)),
  ).toHaveLength(1);
});

test("Answered, failed and stopped requests to agents are counted, with their times.", async () => {
  await start();
  agents.script([MACHINE, { events: [{ chunk: "So" }], fault: "reset" }, { events: [], fault: "silence" }]);
  for (const last of ["completion", "error"]) expect((await lines()).at(-1)?.type).toBe(last);
  const disconnect = new AbortController();
  await post(QUESTION, { signal: disconnect.signal });
  disconnect.abort();
  while (!specchat.log.some((line) => line.includes("Client disconnected"))) await Bun.sleep(5);
  const metrics = await (await fetch(`${specchat.url}/metrics`)).text();
  expect(metrics.match(/^bedrock_chat_(requests_total|response_seconds_count).*$/gm)).toEqual([
    'bedrock_chat_requests_total{outcome="answered",reason="end_turn"} 1',
    'bedrock_chat_requests_total{outcome="failed",reason="stream_interrupted"} 1',
    'bedrock_chat_requests_total{outcome="answered",reason="stopped"} 1',
    "bedrock_chat_response_seconds_count 3",
  ]);
});

test("A22 Fifty streams start while the agent is silent, and each line is sent at once.", async () => {
  await start();
  agents.script(Array.from({ length: 50 }, () => ({ events: [{ chunk: "So" }], fault: "silence" as const })));
  const disconnect = new AbortController();
  const seen = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const response = await post(QUESTION, { signal: disconnect.signal });
      const reader = response.body?.getReader();
      let text = "";
      while (!text.includes('"chunk"'))
        text += new TextDecoder().decode((await reader?.read())?.value ?? new Uint8Array());
      return types(linesOf(text));
    }),
  );
  expect(seen).toEqual(Array.from({ length: 50 }, () => ["start", "chunk"]));
  disconnect.abort();
  expect(await Promise.all(agents.requests.map(({ outcome }) => outcome))).toEqual(
    Array.from({ length: 50 }, () => "disconnected"),
  );
});

test.skipIf(Bun.which("curl") === null)("curl --no-buffer shows each line as it arrives.", async () => {
  await start();
  agents.script([{ events: [{ chunk: "So" }], fault: "silence" }]);
  const body = JSON.stringify(QUESTION);
  const curl = Bun.spawn(
    ["curl", "-s", "--no-buffer", "-X", "POST", `${specchat.url}/api/agent/stream`, "-d", body],
    { stdout: "pipe" },
  );
  let text = "";
  for await (const bytes of curl.stdout) {
    text += new TextDecoder().decode(bytes);
    if (text.includes('"chunk"')) break;
  }
  expect(types(linesOf(text))).toEqual(["start", "chunk"]);
  curl.kill();
  expect(await agents.requests[0]?.outcome).toBe("disconnected");
});

describe("The agent specchat", () => {
  const ours = { agent_id: "specchat", session_id: "session-1" };

  test("is our own engine, with its text, the API's tools and the history of the session.", async () => {
    const model = createScriptedModel([
      replyWithCalls(["t1", "getThing", { id: "7" }]),
      replyWithText("It is thing 7."),
      replyWithText("Again."),
    ]);
    await start({ model });
    const read = await lines(ours);
    expect(read.map(({ type, content, final_content }) => [type, content, final_content])).toEqual([
      ["start", "", undefined],
      ["chunk", "It is thing 7.", undefined],
      ["completion", "", "It is thing 7."],
    ]);
    expect(api.requests).toEqual(["GET /things/7"]);
    await lines(ours);
    expect(model.requests[2]?.messages.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "results",
      "assistant",
      "user",
    ]);
    expect(agents.requests).toEqual([]);
  });

  test("has the configured name, and sends traces of its calls in DEBUG_MODE.", async () => {
    await start({
      model: createScriptedModel([
        replyWithCalls(["t1", "getThing", { id: "7" }]),
        replyWithText("It is thing 7."),
      ]),
      argv: ["--agent-name", "SHOP"],
      environment: { DEBUG_MODE: "true" },
    });
    expect(types(await lines({ ...ours, agent_id: "SHOP" }))).toEqual([
      "start",
      "trace",
      "trace",
      "chunk",
      "completion",
    ]);
  });

  test("fails within the stream.", async () => {
    await start({ model: createScriptedModel(() => [new Error("a bug")]) });
    expect((await lines(ours)).at(-1)).toMatchObject({
      type: "error",
      error: "Server Error: Something went wrong on our side. Please try again.",
    });
  });

  test("makes no call that needs approval.", async () => {
    await start({
      model: createScriptedModel([
        replyWithCalls(["t1", "createThing", { name: "x" }]),
        replyWithText("I may not."),
      ]),
    });
    expect((await lines(ours)).at(-1)?.final_content).toBe("I may not.");
    expect(api.requests).toEqual([]);
  });
});

describe("An agent of Bedrock that returns control for one of our operations", () => {
  const control = (name: string, value: string) => ({
    invocationId: "i2",
    invocationInputs: [
      {
        functionInvocationInput: {
          actionGroup: "things",
          function: name,
          parameters: [{ name: name === "getThing" ? "id" : "name", type: "string", value }],
        },
      },
    ],
  });
  const sessionState = () =>
    agents.requests[1]?.body.sessionState as { returnControlInvocationResults: unknown };

  test("gets the result and continues.", async () => {
    await start();
    agents.script([
      { events: [{ returnControl: control("getThing", "7") }] },
      { events: [{ chunk: "Done." }] },
    ]);
    expect(types(await lines())).toEqual(["start", "chunk", "completion"]);
    expect(api.requests).toEqual(["GET /things/7"]);
    expect(sessionState().returnControlInvocationResults).toMatchObject([
      { functionResult: { responseBody: { TEXT: { body: '{"id":7,"name":"thing 7"}' } } } },
    ]);
  });

  test("is refused a call that needs approval, unless approval is switched off.", async () => {
    const script = [
      { events: [{ returnControl: control("createThing", "x") }] },
      { events: [{ chunk: "Done." }] },
    ];
    await start();
    agents.script(script);
    await lines();
    expect(api.requests).toEqual([]);
    expect(JSON.stringify(sessionState())).toContain("needs a person's approval");
    await specchat.stop();
    await start({ argv: ["--approve", "none"] });
    agents.script(script);
    await lines();
    expect(api.requests).toEqual(['POST /things {"name":"x"}']);
  });
});

test("An agent session of a known caller is closed to other callers.", async () => {
  await start();
  agents.script([MACHINE, MACHINE]);
  const [alice, bob] = [await issueCookie(specchat.url), await issueCookie(specchat.url)];
  const as = async (cookie: string) =>
    linesOf(
      await (await post({ ...QUESTION, session_id: "mine" }, { headers: { Cookie: cookie } })).text(),
    ).at(-1);
  expect(await as(alice)).toMatchObject({ type: "completion" });
  expect(await as(bob)).toMatchObject({ error: "Server Error: The session belongs to another caller." });
  expect(await as(alice)).toMatchObject({ type: "completion" });
});

test("Without any AWS configuration the only line says that there is no client.", async () => {
  specchat = await startSpecchat({ useDemoModel: true });
  expect(await lines()).toEqual([
    { type: "error", content: "", done: true, timestamp: AT, error: "Bedrock client not initialized" },
  ]);
  expect((await lines({ agent_id: "specchat" })).at(-1)?.type).toBe("completion");
});

test("--contracts can switch it off.", async () => {
  await start({ argv: ["--contracts", "native"] });
  expect((await post(QUESTION)).status).toBe(404);
  expect(await (await fetch(specchat.url)).json()).toMatchObject({
    endpoints: expect.not.objectContaining({ stream: expect.anything() }),
  });
});
