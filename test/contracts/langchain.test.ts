/** The langchain protocol: a real server, the Bedrock stand-in, an API that records its requests. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { ACCESS_DENIED, type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  type RecordingApi,
  type Specchat,
  type StartOptions,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithText, USAGE } from "../support/scripted-model.ts";
import { startCollector } from "../telemetry/collector.ts";
import { readEvents, type ServerSentEvent } from "./events.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;

beforeEach(async () => {
  bedrock = await startBedrock();
  api = await startApi();
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

async function start({ argv = [], ...options }: StartOptions = {}): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, ...argv],
    model: createBedrockAt(bedrock.url),
    ...options,
    environment: { BEDROCK_MODEL_ARNS: MODEL, ...options.environment },
  });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const AT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

function call(method: string, path: string, body?: unknown, user?: string): Promise<Response> {
  return fetch(`${specchat.url}${path}`, {
    method,
    headers: { "Content-Type": "application/json", ...(user !== undefined && { "X-User-ID": user }) },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

async function chat(fields: object = {}, user?: string): Promise<ServerSentEvent[]> {
  const response = await call(
    "POST",
    "/api/v1/chat/stream",
    { message: "hi", provider: "bedrock", ...fields },
    user,
  );
  expect([response.status, response.headers.get("content-type")]).toEqual([
    200,
    "text/event-stream; charset=utf-8",
  ]);
  return await Array.fromAsync(readEvents(response));
}

const names = (events: readonly ServerSentEvent[]) => events.map(({ event }) => event);
const tokens = (events: readonly ServerSentEvent[]) =>
  events.filter(({ event }) => event === "token").map(({ data }) => data.content);

/** Returns the messages of the n-th model request. */
function conversation(index: number) {
  const messages = (bedrock.requests[index]?.body.messages ?? []) as { role: string; content: object[] }[];
  return messages.map(({ role, content }) => {
    const kinds = content.flatMap((block) => Object.keys(block)).filter((kind) => kind !== "cachePoint");
    return `${role}: ${kinds.join(", ")}`;
  });
}

const MEMORY = {
  summarized: false,
  summary_triggered: false,
  summarized_message_count: 0,
  summary_content: null,
};

test("B1, B2, B3 The reply is start, tokens, and done with their complete text.", async () => {
  await start();
  bedrock.script([
    { text: ["He", "llo"], usage: { inputTokens: 50, outputTokens: 150, cacheWriteInputTokens: 0 } },
  ]);
  const response = await call("POST", "/api/v1/chat/stream", { message: "hi", provider: "bedrock" });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  const session_id = expect.stringMatching(UUID);
  const events = await Array.fromAsync(readEvents(response));
  expect(events).toEqual([
    {
      event: "start",
      data: {
        session_id,
        model: MODEL,
        provider: "bedrock",
        memory_metadata: { ...MEMORY, total_messages: 1, recent_message_count: 1 },
        mcp_tools_count: 0,
      },
    },
    { event: "token", data: { content: "He" } },
    { event: "token", data: { content: "llo" } },
    {
      event: "done",
      data: {
        session_id: events[0]?.data.session_id,
        conversation_length: 2,
        message: {
          role: "assistant",
          content: "Hello",
          timestamp: AT,
          metadata: {
            provider: "bedrock",
            model: MODEL,
            stop_reason: "end_turn",
            input_tokens: 50,
            output_tokens: 150,
            cost_usd: 0.0024,
          },
        },
        memory_metadata: { ...MEMORY, total_messages: 2, recent_message_count: 2 },
      },
    },
  ]);
});

test("B1 An event is two lines, with the line ends of the original.", async () => {
  await start();
  bedrock.script([{ text: "Hi" }]);
  const response = await call("POST", "/api/v1/chat/stream", { message: "hi" });
  expect(await response.text()).toContain(
    '\r\n\r\nevent: token\r\ndata: {"content":"Hi"}\r\n\r\nevent: done\r\n',
  );
});

test("B4 The default provider is bedrock; any other is rejected as JSON before a stream starts.", async () => {
  await start();
  bedrock.script([{ text: "Hi" }, { text: "Hi" }]);
  for (const provider of [undefined, null])
    expect((await chat({ provider }))[0]?.data).toMatchObject({ provider: "bedrock" });
  for (const path of ["/api/v1/chat/stream", "/api/v1/chat"]) {
    const response = await call("POST", path, { message: "hi", provider: "cohere" });
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        error: "invalid_provider",
        message: "Invalid provider 'cohere'",
        provider: "cohere",
        valid_providers: ["bedrock"],
      },
    ]);
  }
});

test("B5 When AWS denies streaming, the complete reply is one token.", async () => {
  await start();
  bedrock.script((request) =>
    request.streaming
      ? {
          error: {
            status: 400,
            type: "ValidationException",
            message: "The model is unsupported for streaming. Try Converse instead.",
          },
        }
      : { text: ["All ", "at once"] },
  );
  const events = await chat();
  expect([names(events), tokens(events)]).toEqual([["start", "token", "done"], ["All at once"]]);
});

const SKILL = "Let me load the SQL skill. OK";

test("B6, B8 Text before and after a tool call is sent in order, even when it repeats.", async () => {
  await start();
  bedrock.script([
    { text: SKILL, calls: [{ name: "getThing", input: { id: "7" }, id: "t1" }] },
    { text: "OK" },
  ]);
  const events = await chat();
  expect(events.slice(1, -1)).toEqual([
    { event: "token", data: { content: SKILL } },
    { event: "tool_call", data: { tool_name: "getThing", tool_id: "t1", arguments: '{"id":"7"}' } },
    {
      event: "tool_result",
      data: { tool_name: "getThing", tool_id: "t1", result: '{"id":7,"name":"thing 7"}' },
    },
    { event: "token", data: { content: "\n\n" } },
    { event: "token", data: { content: "OK" } },
  ]);
  expect(events.at(-1)?.data.message.content).toBe(tokens(events).join(""));
});

test("B7 Streamed text is the reply, whatever other content the model sends.", async () => {
  await start({ model: createScriptedModel([replyWithText("a b")]), environment: {} });
  const events = await chat();
  expect([tokens(events), events.at(-1)?.data.message.content]).toEqual([["a b"], "a b"]);
});

test("B8 A result is cut at 1,000 characters.", async () => {
  await api.stop();
  api = await startApi(() => new Response("x".repeat(5000)));
  await start();
  bedrock.script([{ calls: [{ name: "listThings", input: {} }] }, { text: "Many." }]);
  const result = (await chat()).find(({ event }) => event === "tool_result")?.data.result;
  expect(result).toHaveLength(1000);
});

test("B9 Two parallel tool calls are two calls and two results, and one message to the model.", async () => {
  await start();
  bedrock.script([
    {
      calls: [
        { name: "getThing", input: { id: "1" }, id: "a" },
        { name: "getThing", input: { id: "2" }, id: "b" },
      ],
    },
    { text: "Both." },
  ]);
  const events = await chat();
  expect(events.flatMap(({ event, data }) => (data.tool_id ? [`${event} ${data.tool_id}`] : []))).toEqual([
    "tool_call a",
    "tool_call b",
    "tool_result a",
    "tool_result b",
  ]);
  expect(conversation(1)).toEqual([
    "user: text",
    "assistant: toolUse, toolUse",
    "user: toolResult, toolResult",
  ]);
});

test("B10 A failed tool is reported, and the turn continues.", async () => {
  await start();
  bedrock.script([{ calls: [{ name: "getThing", input: { id: "404" } }] }, { text: "There is none." }]);
  const events = await chat();
  expect(names(events)).toEqual(["start", "tool_call", "tool_result", "token", "done"]);
  expect(events[2]?.data.result).toStartWith("Error executing tool:");
});

test("B11 A model that calls tools without end is stopped, and the reply says so.", async () => {
  await start();
  bedrock.script((_request, index) => ({ calls: [{ name: "getThing", input: { id: `${index}` } }] }));
  const events = await chat();
  expect(bedrock.requests.length).toBeLessThanOrEqual(11);
  expect(events.at(-1)).toMatchObject({
    event: "done",
    data: { message: { content: expect.stringContaining("limit was reached") } },
  });
});

test("B12 A session continues under its id, or under the name that the client chose.", async () => {
  await start();
  bedrock.script([{ text: "One" }, { text: "Two" }, { text: "Three" }, { text: "Four" }]);
  const [first] = await chat();
  const again = await chat({ session_id: first?.data.session_id });
  expect(again.at(-1)?.data).toMatchObject({ session_id: first?.data.session_id, conversation_length: 4 });
  expect(conversation(1)).toEqual(["user: text", "assistant: text", "user: text"]);
  expect((await chat({ session_id: "my-1" }))[0]?.data.session_id).toBe("my-1");
  await chat({ session_id: "my-1" });
  expect(conversation(3)).toHaveLength(3);
  const read = await call("GET", "/api/v1/sessions/my-1");
  expect([read.status, await read.json()]).toEqual([
    200,
    {
      session_id: "my-1",
      created_at: AT,
      updated_at: AT,
      message_count: 4,
      messages: [
        { role: "user", content: "hi", timestamp: AT, metadata: {} },
        { role: "assistant", content: "Three", timestamp: AT, metadata: {} },
        { role: "user", content: "hi", timestamp: AT, metadata: {} },
        { role: "assistant", content: "Four", timestamp: AT, metadata: {} },
      ],
      metadata: {},
    },
  ]);
});

test("B13 The non-streaming reply is one body.", async () => {
  await start();
  bedrock.script([{ text: ["He", "llo"] }]);
  const response = await call("POST", "/api/v1/chat", { message: "hi", provider: "bedrock" });
  expect([response.status, await response.json()]).toMatchObject([
    200,
    {
      session_id: expect.stringMatching(UUID),
      message: { role: "assistant", content: "Hello", timestamp: AT },
      conversation_length: 2,
      created_at: AT,
      memory_metadata: { ...MEMORY, total_messages: 2 },
    },
  ]);
});

describe("B14 An invalid body gets 422 in the format of FastAPI:", () => {
  test.each([
    [{}, { type: "missing", loc: ["body", "message"], msg: "Field required", input: {} }],
    [
      { message: "" },
      {
        type: "string_too_short",
        loc: ["body", "message"],
        msg: "String should have at least 1 character",
        input: "",
        ctx: { min_length: 1 },
      },
    ],
    [
      { message: "hi", temperature: 3 },
      {
        type: "less_than_equal",
        loc: ["body", "temperature"],
        msg: "Input should be less than or equal to 2",
        input: 3,
        ctx: { le: 2 },
      },
    ],
    [
      { message: "hi", max_tokens: 0 },
      {
        type: "greater_than",
        loc: ["body", "max_tokens"],
        msg: "Input should be greater than 0",
        input: 0,
        ctx: { gt: 0 },
      },
    ],
    [
      { message: 5 },
      { type: "string_type", loc: ["body", "message"], msg: "Input should be a valid string", input: 5 },
    ],
    [
      "{bad",
      {
        type: "json_invalid",
        loc: ["body", 1],
        msg: "JSON decode error",
        input: {},
        ctx: { error: expect.any(String) },
      },
    ],
  ])("%j", async (body, detail) => {
    await start();
    for (const path of ["/api/v1/chat/stream", "/api/v1/chat"]) {
      const response = await call("POST", path, body);
      expect([response.status, await response.json()]).toEqual([422, { detail: [detail] }]);
    }
    expect(bedrock.requests).toEqual([]);
  });
});

test("B15 A broken stream ends with one error and no done, and the session stays usable.", async () => {
  await start();
  bedrock.script([
    {
      text: ["So", " far"],
      fault: { after: 3, kind: { exception: "throttlingException", message: "Slow down." } },
    },
    { text: "Better." },
  ]);
  const events = await chat({ session_id: "my-1" });
  expect(events.at(-1)).toEqual({ event: "error", data: { error: expect.stringContaining("high traffic") } });
  expect(names(events)).not.toContain("done");
  const again = await chat({ session_id: "my-1" });
  expect(again.at(-1)?.data.message.content).toBe("Better.");
  expect(conversation(1)).toEqual(["user: text", "assistant: text", "user: text"]);
});

describe("B16 Sessions", () => {
  test("are created, listed, read and deleted.", async () => {
    await start();
    bedrock.script([{ text: "x".repeat(200) }]);
    const made = await call("POST", "/api/v1/sessions", { metadata: { topic: "a" } }, "alice");
    const { session_id, ...session } = await made.json();
    expect([made.status, session_id, session]).toEqual([
      201,
      expect.stringMatching(UUID),
      { created_at: AT, updated_at: AT, message_count: 0, messages: [], metadata: { topic: "a" } },
    ]);
    await chat({ session_id: "my-1" }, "alice");
    const list = async (query: string) =>
      (await call("GET", `/api/v1/sessions${query}`, undefined, "alice")).json();
    const newest = {
      session_id: "my-1",
      created_at: AT,
      updated_at: AT,
      message_count: 2,
      last_message: "x".repeat(100),
      metadata: {},
    };
    expect(await list("")).toEqual({
      sessions: [
        newest,
        {
          session_id,
          created_at: AT,
          updated_at: AT,
          message_count: 0,
          last_message: null,
          metadata: { topic: "a" },
        },
      ],
      total: 2,
      limit: 10,
      offset: 0,
    });
    expect(await list("?limit=1&offset=1")).toMatchObject({
      sessions: [{ session_id }],
      total: 2,
      limit: 1,
      offset: 1,
    });
    expect((await call("GET", "/api/v1/sessions?limit=0")).status).toBe(422);
    const path = `/api/v1/sessions/${session_id}`;
    expect((await call("DELETE", path, undefined, "alice")).status).toBe(204);
    expect((await call("DELETE", path, undefined, "alice")).status).toBe(404);
  });

  test("that are unknown get the error of the original system.", async () => {
    await start();
    const response = await call("GET", "/api/v1/sessions/x");
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: "session_not_found", message: "Session 'x' not found", session_id: "x" },
    ]);
  });

  test("of one user are closed to others: they cannot list, read, name or delete them.", async () => {
    await start();
    bedrock.script([{ text: "One" }, { text: "Two" }]);
    const [first] = await chat({}, "alice");
    await chat({ session_id: "my-1" }, "alice");
    const id = first?.data.session_id;
    for (const user of ["bob", undefined]) {
      const list = await call("GET", "/api/v1/sessions", undefined, user);
      expect(await list.json()).toMatchObject({ sessions: [], total: 0 });
      for (const name of [id, "my-1"]) {
        expect((await call("GET", `/api/v1/sessions/${name}`, undefined, user)).status).toBe(404);
        expect((await call("DELETE", `/api/v1/sessions/${name}`, undefined, user)).status).toBe(404);
      }
      const response = await call("POST", "/api/v1/chat/stream", { message: "hi", session_id: id }, user);
      expect([response.status, (await response.json()).error]).toEqual([404, "session_not_found"]);
      const cleared = await call("DELETE", "/api/v1/sessions", undefined, user);
      expect(await cleared.json()).toEqual({ deleted_count: 0, message: "Cleared 0 session(s)" });
    }
    const cleared = await call("DELETE", "/api/v1/sessions", undefined, "alice");
    expect(await cleared.json()).toEqual({ deleted_count: 2, message: "Cleared 2 session(s)" });
  });
});

test("B17 The models are those of BEDROCK_MODEL_ARNS, and a request may name an ARN.", async () => {
  const arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0";
  await start({ environment: { BEDROCK_MODEL_ARNS: ` amazon.nova-pro-v1:0 , ,${arn} ` } });
  const listed = await call("GET", "/api/v1/models/providers/bedrock");
  expect(await listed.json()).toMatchObject({
    name: "bedrock",
    available_models: [{ name: "amazon.nova-pro-v1:0" }, { name: arn }],
    default_model: "amazon.nova-pro-v1:0",
  });
  const all = await call("GET", "/api/v1/models/providers");
  expect(await all.json()).toEqual([
    { name: "bedrock", available: true, configured: true, default_model: "amazon.nova-pro-v1:0" },
  ]);
  bedrock.script([{ text: "Hi" }]);
  expect((await chat({ model: arn }))[0]?.data.model).toBe(arn);
  expect(bedrock.requests[0]?.modelId).toBe(arn);
  const other = await call("POST", "/api/v1/chat", { message: "hi", model: "other.model" });
  expect([other.status, await other.json()]).toMatchObject([400, { error: "bad_request" }]);
});

test("B18 A model can be validated; the status is 200 either way.", async () => {
  await start();
  const validate = async (fields: object) => {
    const response = await call("POST", "/api/v1/models/validate", {
      provider: "bedrock",
      model: MODEL,
      temperature: 0,
      ...fields,
    });
    return [response.status, await response.json()];
  };
  expect(await validate({})).toEqual([
    200,
    {
      valid: true,
      provider: "bedrock",
      model: MODEL,
      message: expect.any(String),
      error: null,
      setup_url: null,
    },
  ]);
  for (const fields of [{ model: "no.model" }, { provider: "openai" }])
    expect(await validate(fields)).toMatchObject([
      200,
      { valid: false, error: expect.any(String), setup_url: expect.stringContaining("https://") },
    ]);
});

test("B19 /health and /api/v1/status answer.", async () => {
  await start();
  const health = await call("GET", "/health");
  expect([health.status, await health.json()]).toMatchObject([
    200,
    { status: "healthy", version: expect.any(String), timestamp: AT },
  ]);
  bedrock.script([{ text: "Hi" }]);
  await chat({ session_id: "my-1" });
  const status = await call("GET", "/api/v1/status");
  expect([status.status, await status.json()]).toEqual([
    200,
    {
      api_version: "v1",
      status: "healthy",
      timestamp: AT,
      providers: { bedrock: "configured" },
      active_sessions: 1,
      cached_models: 0,
      tracing_provider: "none",
    },
  ]);
});

test("B20 AWS_REGION wins over other region settings, and /health names the region.", async () => {
  await start({ environment: { AWS_DEFAULT_REGION: "eu-west-1", AWS_REGION: "us-east-1" } });
  const health = await (await call("GET", "/health")).json();
  expect(health.details.aws_region).toBe("us-east-1");
});

test("B20 Without credentials the error says how to get them.", async () => {
  const problem = "No AWS credentials were found.";
  const advice = "Give AWS credentials: `aws sso login`, AWS_PROFILE, AWS_ACCESS_KEY_ID.";
  await start({
    model: {
      ...createBedrockAt(bedrock.url),
      health: async () => ({ status: "unready", problem, advice }),
    },
  });
  bedrock.script([ACCESS_DENIED, ACCESS_DENIED]);
  expect((await chat()).at(-1)).toEqual({ event: "error", data: { error: `${problem} ${advice}` } });
  const response = await call("POST", "/api/v1/chat", { message: "hi" });
  expect([response.status, await response.json()]).toMatchObject([
    503,
    { error: "service_unavailable", message: `${problem} ${advice}`, provider: "bedrock", details: advice },
  ]);
});

describe("B21 After twenty messages all but ten are summarised,", () => {
  const long = "A long answer with much to note. ".repeat(30);

  async function twentyMessages(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await chat({ session_id: "my-1" }, "alice");
  }

  test("and memory_metadata says so.", async () => {
    await start();
    bedrock.script(() => ({ text: long }));
    await twentyMessages();
    const [listed] = (await (await call("GET", "/api/v1/sessions", undefined, "alice")).json()).sessions;
    expect(listed.message_count).toBe(20);
    const id = [...(await Array.fromAsync(specchat.app.store.ids()))][0];
    while (id && !(await specchat.app.store.read(id, { newest: 0 }))?.summary) await Bun.sleep(1);
    const [started] = await chat({ session_id: "my-1" }, "alice");
    expect(started?.data.memory_metadata).toEqual({
      summarized: true,
      summary_triggered: false,
      total_messages: 21,
      summarized_message_count: 10,
      recent_message_count: 10,
      summary_content: expect.any(String),
    });
    const off = await chat({ session_id: "my-1", enable_memory: false }, "alice");
    expect(off[0]?.data.memory_metadata).toBeNull();
  });

  test("and a failed summary fails no turn.", async () => {
    await start();
    let notes = 0;
    bedrock.script((request) => {
      const isNotes = JSON.stringify(request.body.system).includes("You keep the notes");
      if (isNotes) notes += 1;
      return isNotes ? ACCESS_DENIED : { text: long };
    });
    await twentyMessages();
    while (notes === 0) await Bun.sleep(1);
    const events = await chat({ session_id: "my-1" }, "alice");
    expect(events.at(-1)?.event).toBe("done");
    expect(events[0]?.data.memory_metadata).toMatchObject({ summarized: false, total_messages: 21 });
  });
});

describe("B22 Model calls are exported as spans:", () => {
  const SESSION = "0b7e6a4e-3c1d-4f7a-9a53-7d2f4c8b1e60";
  const ask = async (message: string) =>
    (await call("POST", "/api/v1/chat", { message, session_id: SESSION }, "alice")).status;
  const hello = createScriptedModel(() => replyWithText("Hello"));

  test("One span per call holds its session, model and tokens, and no message text.", async () => {
    const collector = startCollector();
    await start({
      environment: { TRACING_PROVIDER: "phoenix", PHOENIX_ENDPOINT: collector.url },
      model: {
        ...createScriptedModel([replyWithText("secret answer"), [new Error("it broke")]]),
        cost: () => 0.25,
      },
    });
    expect(await (await call("GET", "/api/v1/status")).json()).toMatchObject({ tracing_provider: "phoenix" });
    await ask("secret question");
    await ask("again");
    while (collector.spans.length < 4) await Bun.sleep(5);
    const { inputTokens, outputTokens } = USAGE;
    const chats = collector.spans.filter(({ name }) => name === `chat ${MODEL}`);
    const common = {
      "openinference.span.kind": "LLM",
      "session.id": SESSION,
      "user.id": expect.stringContaining("/langchain:"),
      "llm.provider": "aws",
      "llm.model_name": MODEL,
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "aws.bedrock",
      "gen_ai.request.model": MODEL,
    };
    const used = {
      "llm.token_count.prompt": inputTokens,
      "llm.token_count.completion": outputTokens,
      "llm.token_count.total": inputTokens + outputTokens,
      "gen_ai.usage.input_tokens": inputTokens,
      "gen_ai.usage.output_tokens": outputTokens,
      "llm.cost.total": 0.25,
      "gen_ai.response.finish_reasons": ["end_turn"],
    };
    expect(chats).toMatchObject([
      { attributes: { ...common, ...used }, status: 0 },
      { attributes: { ...common, "error.type": "internal" }, status: 2 },
    ]);
    expect(collector.types[0]).toBe("application/x-protobuf");
    expect(JSON.stringify(collector.spans)).not.toContain("secret");
    await collector.stop();
  });

  test("While the collector is down there is one warning, and chats work.", async () => {
    const closed = startCollector();
    await closed.stop();
    await start({ environment: { PHOENIX_ENDPOINT: closed.url }, model: hello });
    const warnings = () => specchat.log.filter((line) => line.includes("Traces are lost"));
    expect(await ask("hi")).toBe(200);
    while (warnings().length === 0) await Bun.sleep(5);
    expect(await ask("hi")).toBe(200);
    await specchat.app.traces?.close();
    expect(warnings()).toHaveLength(1);
  });

  test("Nothing is exported by default, and LangSmith settings cause a warning at start.", async () => {
    await start({
      environment: { PHOENIX_ENDPOINT: "http://127.0.0.1:1/v1/traces", TRACING_PROVIDER: "none" },
      model: hello,
    });
    expect([await ask("hi"), specchat.app.traces]).toEqual([200, undefined]);
    await specchat.stop();
    await start({ environment: { TRACING_PROVIDER: "langsmith" }, model: hello });
    expect(specchat.app.warnings).toContainEqual(expect.stringContaining("langsmith is not supported"));
    expect(await ask("hi")).toBe(200);
  });
});

describe("B23 A call that needs approval", () => {
  /** Continues to read the stream. */
  async function untilEvent(events: AsyncGenerator<ServerSentEvent>, name: string): Promise<ServerSentEvent> {
    for (;;) {
      const next = await events.next();
      if (next.done) throw new Error(`no ${name} came`);
      if (next.value.event === name) return next.value;
    }
  }

  const script = [
    { calls: [{ name: "createThing", input: { name: "x" }, id: "t1" }] },
    { text: "So it is." },
    { text: "And again." },
  ];

  async function ask(user?: string) {
    bedrock.script(script);
    const disconnect = new AbortController();
    const response = await fetch(`${specchat.url}/api/v1/chat/stream`, {
      method: "POST",
      body: JSON.stringify({ message: "make x", session_id: "my-1" }),
      headers: user === undefined ? {} : { "X-User-ID": user },
      signal: disconnect.signal,
    });
    const events = readEvents(response);
    return { events, request: await untilEvent(events, "approval_request"), disconnect };
  }

  test("is requested within the stream, which continues after the approval; an approval counts once.", async () => {
    await start();
    const { events, request } = await ask();
    expect(request.data).toEqual({
      approval_id: expect.stringMatching(UUID),
      tool_name: "createThing",
      tool_id: "t1",
      message: "The tool createThing needs your approval.",
      tool_args: { name: "x" },
      request: { method: "POST", url: `${api.url}/things`, body: '{"name":"x"}' },
      expires_at: AT,
      config: { show_args: true, timeout_seconds: 86_400, require_reason_on_reject: false },
    });
    expect(api.requests).toEqual([]);
    const path = `/api/v1/approvals/${request.data.approval_id}`;
    const pending = { ...request.data, session_id: "my-1", status: "pending" };
    expect(await (await call("GET", path)).json()).toEqual(pending);
    expect(await (await call("GET", "/api/v1/approvals/pending?session_id=my-1")).json()).toEqual([pending]);
    const approved = await call("POST", `${path}/approve`);
    expect([approved.status, await approved.json()]).toEqual([
      200,
      { approval_id: request.data.approval_id, status: "approved", message: "The call was approved" },
    ]);
    expect(names(await Array.fromAsync(events))).toEqual(["tool_result", "token", "done"]);
    expect(api.requests).toEqual(['POST /things {"name":"x"}']);
    const again = await call("POST", `${path}/approve`);
    expect([again.status, await again.json()]).toEqual([
      400,
      { detail: "Approval is not pending: approved" },
    ]);
  });

  test.each(["reject", "cancel"])("is not made after %s.", async (verb) => {
    await start();
    const { events, request } = await ask();
    const path = `/api/v1/approvals/${request.data.approval_id}/${verb}`;
    expect(await (await call("POST", path, { reason: "Not now." })).json()).toMatchObject({
      status: verb === "reject" ? "rejected" : "cancelled",
    });
    const rest = await Array.fromAsync(events);
    expect(rest[0]).toMatchObject({ event: "tool_result", data: { tool_id: "t1" } });
    expect(rest[0]?.data.result).toStartWith("Error executing tool:");
    expect(rest.at(-1)?.event).toBe("done");
    expect(api.requests).toEqual([]);
    expect(JSON.stringify(bedrock.requests[1]?.body.messages)).toContain("Not now.");
  });

  test("cannot be approved by another user, and an unknown id gets 404.", async () => {
    await start();
    const { events, request } = await ask("alice");
    const path = `/api/v1/approvals/${request.data.approval_id}`;
    for (const [method, url] of [
      ["GET", path],
      ["POST", `${path}/approve`],
    ] as const) {
      const response = await call(method, url, undefined, "bob");
      expect([response.status, await response.json()]).toEqual([
        404,
        { detail: `Approval not found: ${request.data.approval_id}` },
      ]);
    }
    expect(await (await call("GET", "/api/v1/approvals/pending", undefined, "bob")).json()).toEqual([]);
    expect(await (await call("GET", "/api/v1/approvals/pending", undefined, "alice")).json()).toHaveLength(1);
    await call("POST", `${path}/approve?user_id=alice`);
    expect((await Array.fromAsync(events)).at(-1)?.event).toBe("done");
  });

  test("is not made when the client has disconnected.", async () => {
    await start();
    const { request, disconnect } = await ask();
    disconnect.abort();
    const path = `/api/v1/approvals/${request.data.approval_id}`;
    while ((await (await call("GET", path)).json()).status === "pending") await Bun.sleep(1);
    expect((await chat({ session_id: "my-1" })).at(-1)?.data.message.content).toBe("So it is.");
    expect((await call("POST", `${path}/approve`)).status).toBe(400);
    expect(api.requests).toEqual([]);
  });

  test("stays pending when a client disconnects whose message waits for it.", async () => {
    await start();
    const { events, request } = await ask();
    const disconnect = new AbortController();
    const body = JSON.stringify({ message: "and then?", session_id: "my-1" });
    const behind = await fetch(`${specchat.url}/api/v1/chat/stream`, {
      method: "POST",
      body,
      signal: disconnect.signal,
    });
    await untilEvent(readEvents(behind), "start");
    disconnect.abort();
    // Wait until the server has noticed.
    await Bun.sleep(100);
    const path = `/api/v1/approvals/${request.data.approval_id}/approve`;
    expect((await call("POST", path)).status).toBe(200);
    expect((await Array.fromAsync(events)).at(-1)?.event).toBe("done");
  });

  test("is refused at once for a non-streaming request.", async () => {
    await start();
    bedrock.script(script);
    const response = await call("POST", "/api/v1/chat", { message: "make x" });
    expect((await response.json()).message.content).toBe("So it is.");
    expect(api.requests).toEqual([]);
  });
});

test("A disconnect closes the connection to the model, and the text so far is stored.", async () => {
  await start();
  bedrock.script([
    { text: ["Once", " upon"], beforeEvent: (index) => (index === 2 ? new Promise(() => {}) : undefined) },
    { text: "Again" },
  ]);
  const disconnect = new AbortController();
  const response = await fetch(`${specchat.url}/api/v1/chat/stream`, {
    method: "POST",
    body: JSON.stringify({ message: "a story", session_id: "my-1" }),
    signal: disconnect.signal,
  });
  for await (const { event } of readEvents(response)) if (event === "token") break;
  disconnect.abort();
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  await chat({ session_id: "my-1" });
  expect(JSON.stringify(bedrock.requests[1]?.body.messages)).toContain("Once");
});

test("temperature and max_tokens come from the request.", async () => {
  await start();
  bedrock.script([{ text: "Hi" }, { text: "Hi" }]);
  await chat({ temperature: 2, max_tokens: 100 });
  await chat({ max_tokens: 1_000_000 });
  expect(bedrock.requests.map(({ body }) => body.inferenceConfig)).toEqual([
    { maxTokens: 100, temperature: 1 },
    { maxTokens: 4096 },
  ]);
});

test("Images are attachments of the message, and only data: URLs are accepted.", async () => {
  await start();
  bedrock.script([{ text: "A picture." }]);
  await chat({ images: ["data:image/png;base64,iVBORw0KGgo="] });
  expect(JSON.stringify(bedrock.requests[0]?.body.messages)).toContain("image-1.png");
  const fetched = await call("POST", "/api/v1/chat", { message: "hi", images: ["http://10.0.0.1/x.png"] });
  expect([fetched.status, (await fetched.json()).error]).toEqual([400, "bad_request"]);
});

test("Features that specchat does not have get 404 with a message for the client.", async () => {
  await start();
  for (const [method, path] of [
    ["GET", "/api/v1/agents"],
    ["POST", "/api/v1/agents/a/invoke/stream"],
    ["PUT", "/api/v1/kb/x"],
  ] as const) {
    const response = await call(method, path);
    expect([response.status, await response.json()]).toEqual([
      404,
      { detail: "Not Found", error: "not_found", message: `There is no ${path} here` },
    ]);
  }
});

test("A rate-limited client learns when to retry.", async () => {
  await start({ argv: ["--rate-limit", "1/hour"] });
  bedrock.script([{ text: "Hi" }]);
  await chat();
  const response = await call("POST", "/api/v1/chat/stream", { message: "hi" });
  expect([response.status, response.headers.get("retry-after"), (await response.json()).error]).toEqual([
    429,
    expect.stringMatching(/^\d+$/),
    "rate_limited",
  ]);
});

test("--contracts can switch it off.", async () => {
  await start({ argv: ["--contracts", "native"] });
  for (const path of ["/api/v1/chat", "/api/v1/sessions", "/api/v1/agents"])
    expect((await call("GET", path)).status).toBe(404);
});
