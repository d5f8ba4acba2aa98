/** Limits of concurrent turns and of model usage, through the front door. Clients without a known cookie count as their address. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSettingsReload } from "../../src/app/reload-settings.ts";
import { loadConfig } from "../../src/config/load.ts";
import { startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  type StartOptions,
  startApi,
  startSpecchat,
  testPorts,
} from "../support/harness.ts";
import { headersOf, startWithRoles } from "../support/role-server.ts";
import { createScriptedModel, replyWithCalls, replyWithText, USAGE } from "../support/scripted-model.ts";
import { SocketClient } from "../support/socket-client.ts";

/** The time of the server. */
const NOON = Date.parse("2026-11-29T12:00:00Z");
const DAY = 86_400_000;
const SPENT =
  "The budget of 15 tokens per day is used up: 15 tokens. It is renewed on 2026-11-30 at 00:00 UTC.";
const END = { type: "end", stopReason: "end_turn", usage: USAGE } as const;

let folder: string;
let api: RecordingApi;
let specchat: Specchat;
let clock = NOON;
beforeAll(async () => {
  [folder, api] = await Promise.all([mkdtemp(join(tmpdir(), "usage-limits-")), startApi()]);
});
afterAll(() => Promise.all([rm(folder, { recursive: true, force: true }), api.stop()]));
afterEach(async () => {
  clock = NOON;
  await specchat.stop();
});

/** Starts a server whose model uses 15 tokens for each reply. */
async function start(argv: readonly string[], options: Partial<StartOptions> = {}): Promise<Specchat> {
  const shared = ["--spec", api.spec, "--base-url", api.url, "--approve", "none", "--model", MODEL];
  specchat = await startSpecchat({
    model: createScriptedModel(() => replyWithText("Hello.")),
    ...options,
    argv: [...shared, ...argv],
    ports: { now: () => new Date(clock), ...options.ports },
  });
  return specchat;
}

const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${specchat.url}${path}`, { method: "POST", body: JSON.stringify(body), headers });
const MESSAGES = [{ role: "user", content: "hi" }];
const complete = (headers: Readonly<Record<string, string>> = {}) =>
  post("/v1/chat/completions", { model: MODEL, messages: MESSAGES }, headers);

interface Refusal {
  readonly path: string;
  readonly request: object;
  readonly body: object;
}

const OPENAI_ERROR = {
  error: { message: SPENT, type: "insufficient_quota", param: null, code: "insufficient_quota" },
};
const REFUSALS: readonly Refusal[] = [
  { path: "/v1/chat/completions", request: { model: MODEL, messages: MESSAGES }, body: OPENAI_ERROR },
  {
    path: "/v1/chat/completions",
    request: { model: MODEL, messages: MESSAGES, stream: true },
    body: OPENAI_ERROR,
  },
  { path: "/v1/responses", request: { model: MODEL, input: "hi" }, body: OPENAI_ERROR },
  {
    path: "/v1/messages",
    request: { model: MODEL, max_tokens: 9, messages: MESSAGES },
    body: {
      type: "error",
      error: { type: "rate_limit_error", message: SPENT },
      request_id: expect.any(String),
    },
  },
  { path: "/api/v1/chat", request: { message: "hi" }, body: { error: "budget_exceeded", message: SPENT } },
  {
    path: "/api/v1/chat/stream",
    request: { message: "hi" },
    body: { error: "budget_exceeded", message: SPENT },
  },
  { path: "/api/agent/stream", request: { input_text: "hi", agent_id: "a" }, body: { detail: SPENT } },
  {
    path: "/bedrock-chat/ai",
    request: { id: "c", messages: [{ id: "m", role: "user", parts: [{ type: "text", text: "hi" }] }] },
    body: { detail: SPENT },
  },
  {
    path: "/bedrock-chat/ag-ui",
    request: { threadId: "t", runId: "r", messages: [{ id: "m", ...MESSAGES[0] }] },
    body: { detail: SPENT },
  },
];

test("A spent budget is status 429 in the shape of each protocol over HTTP, with the time to wait.", async () => {
  await start(["--caller-limits", "15 tokens/day"]);
  expect((await complete()).status).toBe(200);
  const responses = await Promise.all(
    REFUSALS.map(async ({ path, request }) => {
      const response = await post(path, request);
      const retryAfter = response.headers.get("Retry-After");
      const shouldRetry = response.headers.get("x-should-retry");
      return { path, status: response.status, retryAfter, shouldRetry, body: await response.json() };
    }),
  );
  expect(responses).toEqual(
    REFUSALS.map(({ path, body }) => ({
      path,
      status: 429,
      retryAfter: "43200",
      shouldRetry: "false",
      body,
    })),
  );
});

test("A spent budget is an error of each protocol over WebSocket, and no request reaches the model.", async () => {
  const model = createScriptedModel(() => replyWithText("Hello."));
  await start(["--caller-limits", "15 tokens/day"], { model });
  await complete();
  const native = await NativeClient.connect(specchat.url);
  expect((await native.runTurn("hi")).at(-1)).toEqual({
    type: "error",
    code: "budget_exceeded",
    message: SPENT,
    retryable: true,
    retry_after_ms: 12 * 3_600_000,
  });
  const dashboard = await SocketClient.connect(specchat.url, "/ws");
  await dashboard.next();
  dashboard.send({ id: "1", type: "chat.send_message", data: { message: "hi", streaming: true } });
  expect(await dashboard.next()).toEqual({ id: "1", type: "error", error: SPENT });
  const completions = await SocketClient.connect(specchat.url, "/ws/chat/completions");
  completions.send({ question: "hi", session_id: "a" });
  expect(await completions.next()).toEqual({ type: "error", message: SPENT });
  for (const client of [native, dashboard, completions]) client.close();
  expect(model.requests).toHaveLength(1);
});

test("What uses no model goes on when a budget is spent: tool calls, new sessions, counting tokens.", async () => {
  await start(["--caller-limits", "15 tokens/day"]);
  await complete();
  const counted = await post("/v1/messages/count_tokens", { model: MODEL, messages: MESSAGES });
  expect([(await post("/api/v1/sessions", {})).status, counted.status]).toEqual([201, 200]);
  const client = await SocketClient.connect(specchat.url, "/ws");
  await client.next();
  client.send({ id: "1", type: "mcp_call", tool: "getThing", arguments: { id: "1" } });
  expect(JSON.stringify(await client.next())).toContain("thing 1");
  client.close();
});

test("The headers and the frame `limits` state what is left, also of a refused request.", async () => {
  await start(["--rate-limit", "4/minute", "--caller-limits", "2 turns,100 tokens/day,5 USD/month"]);
  const first = await complete();
  const policy = '"caller-minute";q=4;w=60, "caller-turns";q=2;qu="concurrent-requests"';
  expect(Object.fromEntries([...first.headers].filter(([name]) => name.includes("ratelimit")))).toEqual({
    ratelimit: '"caller-minute";r=3;t=15',
    "ratelimit-policy": policy,
    "x-ratelimit-limit-requests": "4",
    "x-ratelimit-limit-tokens": "100",
    "x-ratelimit-remaining-requests": "3",
    "x-ratelimit-remaining-tokens": "100",
    "x-ratelimit-reset-requests": "15s",
    "x-ratelimit-reset-tokens": "12h0m0s",
  });
  const client = await NativeClient.connect(specchat.url);
  client.send({ type: "hello", capabilities: ["limits"] });
  client.send({ message: "hi" });
  expect(await client.waitFor("limits")).toEqual({
    type: "limits",
    limits: [
      {
        scope: "caller",
        kind: "requests",
        limit: 4,
        period: "minute",
        remaining: 2,
        resets_at: "2026-11-29T12:00:30.000Z",
      },
      { scope: "caller", kind: "turns", limit: 2 },
      {
        scope: "caller",
        kind: "tokens",
        limit: 100,
        period: "day",
        remaining: 85,
        resets_at: "2026-11-30T00:00:00.000Z",
      },
      {
        scope: "caller",
        kind: "usd",
        limit: 5,
        period: "month",
        remaining: 5,
        resets_at: "2026-12-01T00:00:00.000Z",
      },
    ],
  });
  await client.waitFor("ai_response");
  await Promise.all([complete(), complete()]);
  const refused = await post("/api/v1/sessions", {});
  expect([refused.status, refused.headers.get("RateLimit"), refused.headers.get("Retry-After")]).toEqual([
    429,
    '"caller-minute";r=0;t=60',
    "15",
  ]);
  client.send({ message: "hi" });
  expect((await client.waitFor("limits")).limits[0]).toMatchObject({ kind: "requests", remaining: 0 });
  expect(await client.waitFor("error")).toMatchObject({ code: "rate_limited", retry_after_ms: 15_000 });
  client.close();
});

test("At 80 % of a budget the client and the log are warned, once a day.", async () => {
  await start(["--caller-limits", "50 tokens/day"]);
  const client = await NativeClient.connect(specchat.url);
  await client.next();
  const notices: (readonly string[])[] = [];
  const run = async () => {
    const frames = await client.runTurn("hi");
    notices.push(frames.flatMap((frame) => (frame.type === "notice" ? [frame.message] : [])));
  };
  for (const _ of [1, 2, 3, 4]) await run();
  clock += DAY;
  for (const _ of [1, 2, 3]) await run();
  client.close();
  const warn = (date: string) =>
    `90 % of the budget of 50 tokens per day are used. It is renewed on ${date} at 00:00 UTC.`;
  expect(notices).toEqual([[], [], [warn("2026-11-30")], [], [], [], [warn("2026-12-01")]]);
  const logged = specchat.log.filter((line) => line.includes("budget nearly used up"));
  expect(logged).toEqual([
    expect.stringContaining(warn("2026-11-30")),
    expect.stringContaining(warn("2026-12-01")),
  ]);
});

test("A turn whose budget is spent between two rounds ends with a sentence, and its calls stay done.", async () => {
  const model = createScriptedModel([
    replyWithCalls(["c1", "createThing", { name: "a" }]),
    replyWithText("Done."),
  ]);
  await start(["--caller-limits", "15 tokens/day"], { model });
  const client = await NativeClient.connect(specchat.url);
  expect((await client.runTurn("create a")).at(-1)).toMatchObject({
    type: "ai_response",
    message: `(I stopped here. ${SPENT})`,
    stop_reason: "tool_limit",
    tool_results: [{ tool_call_id: "c1", status: "ok" }],
  });
  client.close();
  expect(model.requests).toHaveLength(1);
  expect(api.requests.filter((request) => request.startsWith("POST"))).toHaveLength(1);
});

test("A turn that is stopped before its end counts what the model has sent, as an estimate.", async () => {
  const text = "A long reply. ".repeat(200);
  const model = createScriptedModel(() => [{ type: "text", text }, new Promise(() => {}), END]);
  await start(["--caller-limits", "500 tokens/day"], { model });
  const client = await NativeClient.connect(specchat.url);
  client.send({ message: "hi" });
  await client.waitFor("text_delta");
  client.send({ type: "stop" });
  await client.waitFor("ai_response");
  expect((await client.runTurn("hi")).at(-1)).toMatchObject({ code: "budget_exceeded" });
  client.close();
});

test("A budget of US dollars counts the price of the model.", async () => {
  const bedrock = await startBedrock();
  await start(["--caller-limits", "0.01 USD/day"], { model: createBedrockAt(bedrock.url) });
  const usage = { inputTokens: 2000, outputTokens: 200, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
  bedrock.script([
    { text: "One.", usage },
    { text: "Two.", usage },
  ]);
  const client = await NativeClient.connect(specchat.url);
  const turns = [await client.runTurn("1"), await client.runTurn("2"), await client.runTurn("3")];
  expect(turns.map((frames) => frames.at(-1))).toMatchObject([
    { type: "ai_response", cost_usd: 0.009 },
    { type: "ai_response", session_cost_usd: 0.018 },
    {
      code: "budget_exceeded",
      message:
        "The budget of 0.01 USD per day is used up: 0.0180 USD. It is renewed on 2026-11-30 at 00:00 UTC.",
    },
  ]);
  client.close();
  await bedrock.stop();
});

/** Starts a server whose replies wait until `end()`. */
async function startSlow(...argv: readonly string[]) {
  const gate = Promise.withResolvers<void>();
  const model = createScriptedModel(() => [{ type: "text", text: "Hel" }, gate.promise, END]);
  await start(argv, { model });
  return { model, end: () => gate.resolve() };
}

test("A further turn at the same time is refused in each protocol, and the place of one that ends is free.", async () => {
  const { model, end } = await startSlow("--caller-limits", "1 turns");
  const client = await NativeClient.connect(specchat.url);
  client.send({ message: "hi" });
  await client.waitFor("text_delta");
  const message = "The limit is 1 turn at the same time. Try again when one has ended.";
  const refusals = await Promise.all(
    REFUSALS.map(async ({ path, request }) => {
      const response = await post(
        path,
        path.endsWith("agent/stream") ? { ...request, agent_id: "specchat" } : request,
      );
      return { path, isNamed: (await response.text()).includes(message) };
    }),
  );
  expect(refusals).toEqual(REFUSALS.map(({ path }) => ({ path, isNamed: true })));
  const stateless = await complete();
  expect([stateless.status, stateless.headers.get("Retry-After")]).toEqual([429, "5"]);
  // A message to the same session waits for the turn before it.
  client.send({ message: "and then?" });
  end();
  await client.waitFor("ai_response");
  await client.waitFor("ai_response");
  client.close();
  expect((await complete()).status).toBe(200);
  expect(model.requests).toHaveLength(3);
});

test("A turn that waits for approval takes no place, and goes on when all are taken.", async () => {
  const gate = Promise.withResolvers<void>();
  const model = createScriptedModel([
    replyWithCalls(["c1", "createThing", { name: "b" }]),
    [{ type: "text", text: "Hel" }, gate.promise, END],
    replyWithText("Created."),
  ]);
  await start(["--approve", "writes", "--caller-limits", "1 turns"], { model });
  const asking = await NativeClient.connect(specchat.url);
  asking.send({ type: "hello", capabilities: ["approval"] });
  asking.send({ message: "create b" });
  const { approval_id } = await asking.waitFor("approval_request");
  const other = await NativeClient.connect(specchat.url);
  other.send({ message: "hi" });
  await other.waitFor("text_delta");
  asking.send({ type: "approve", approval_id, approved: true });
  expect(await asking.waitFor("ai_response")).toMatchObject({ message: "Created." });
  gate.resolve();
  await other.waitFor("ai_response");
  asking.close();
  other.close();
});

test("Limits of an address and of the server count everyone, whatever cookie they have.", async () => {
  const ask = async (headers: Readonly<Record<string, string>>) => {
    const response = await complete(headers);
    return response.status === 200 ? "answered" : (await response.json()).error.message;
  };
  const from = (address: string) => ({
    "X-Forwarded-For": address,
    Cookie: `specchat_caller=${crypto.randomUUID()}`,
  });
  const limits = ["--address-limits", "2/hour", "--server-limits", "3/hour", "--trusted-proxies", "1"];
  await start(limits);
  expect([
    await ask(from("192.0.2.1")),
    await ask(from("192.0.2.1")),
    await ask(from("192.0.2.1")),
    await ask(from("192.0.2.2")),
    await ask(from("192.0.2.3")),
  ]).toEqual([
    "answered",
    "answered",
    "Rate limit of your network address exceeded (2/hour). Try again in 1800 s.",
    "answered",
    "Rate limit of this server exceeded (3/hour). Try again in 1200 s.",
  ]);
  const refused = await complete(from("192.0.2.4"));
  // How busy the server is stays its own business.
  expect(refused.headers.get("RateLimit-Policy")).toBe('"address-hour";q=2;w=3600');
});

test("Usage survives a restart.", async () => {
  const limits = ["--data-dir", join(folder, "data"), "--caller-limits", "30 tokens/day"];
  await start(limits);
  expect([(await complete()).status, (await complete()).status]).toEqual([200, 200]);
  await specchat.stop();
  await start(limits);
  expect((await complete()).status).toBe(429);
  clock += DAY;
  expect((await complete()).status).toBe(200);
});

test("Limits of roles replace those of the settings of the same kind, for everyone without a role those of the defaults.", async () => {
  const path = join(folder, "roles.yaml");
  await Bun.write(path, "defaults:\n  allow: ['*']\n  limits: 2/hour\nroles: {}\n");
  await start(["--roles", path, "--caller-limits", "1/hour,30 tokens/day"]);
  const statuses = [await complete(), await complete(), await complete()].map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 429]);
  clock += 3_600_000;
  expect((await (await complete()).json()).error.code).toBe("insufficient_quota");
});

test("Users have the highest limit of their roles, each organization one of its own, and equal names of two are two users.", async () => {
  const role = (limits: string) => ({ allow: ["*"], limits });
  specchat = await startWithRoles(
    { roles: { reader: role("2/hour"), writer: role("3/hour") } },
    {
      argv: ["--model", MODEL, "--organization-limits", "5/hour", "--caller-limits", "1/hour"],
      model: createScriptedModel(() => replyWithText("Hello.")),
      ports: { now: () => new Date(clock) },
    },
  );
  const outcomes: string[] = [];
  for (const user of [
    "ann@acme:reader",
    "ann@acme:reader",
    "ann@acme:reader",
    "bob@acme:reader+writer",
    "bob@acme:reader+writer",
    "bob@acme:reader+writer",
    "eve@acme:reader",
    "ann@other:reader",
  ]) {
    const response = await complete(headersOf(user));
    outcomes.push(response.status === 200 ? "answered" : (await response.json()).error.message);
  }
  expect(outcomes).toEqual([
    "answered",
    "answered",
    "Rate limit exceeded (2/hour). Try again in 1800 s.",
    "answered",
    "answered",
    "answered",
    "Rate limit of your organization exceeded (5/hour). Try again in 720 s.",
    "answered",
  ]);
});

test("A budget of a user holds over every protocol and connection, and not for another user.", async () => {
  specchat = await startWithRoles(
    { roles: { reader: { allow: ["*"], limits: "15 tokens/day" } } },
    {
      argv: ["--model", MODEL],
      model: createScriptedModel(() => replyWithText("Hello.")),
      ports: { now: () => new Date(clock) },
    },
  );
  await complete(headersOf("ann@acme:reader"));
  const outcomeOf = async (user: string) => {
    const client = await NativeClient.connect(specchat.url, headersOf(user));
    await client.next();
    const frame = (await client.runTurn("hi")).at(-1);
    client.close();
    return frame?.type === "error" ? frame.code : frame?.type;
  };
  expect([await outcomeOf("ann@acme:reader"), await outcomeOf("bob@acme:reader")]).toEqual([
    "budget_exceeded",
    "ai_response",
  ]);
});

test("Refusals are counted by limit, and recorded in the audit log.", async () => {
  const audit = join(folder, "audit.jsonl");
  await start(["--caller-limits", "15 tokens/day", "--server-limits", "2/hour", "--audit-log", audit]);
  for (const _ of [1, 2, 3]) await complete();
  const metrics = await (await fetch(`${specchat.url}/metrics`)).text();
  expect(metrics.split("\n").filter((line) => line.startsWith("specchat_limited_total{"))).toEqual([
    'specchat_limited_total{scope="caller",kind="tokens"} 2',
  ]);
  await specchat.app.audit.close();
  const lines = (await readFile(audit, "utf8")).trim().split("\n");
  const denials = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "denied");
  expect(denials).toMatchObject([
    { reason: "limit", code: "caller_tokens", subject: "15 tokens/day" },
    { reason: "limit", code: "caller_tokens", subject: "15 tokens/day" },
  ]);
});

test("A reload takes the new limits, and keeps the previous ones when a setting is invalid.", async () => {
  await start(["--rate-limit", "1/hour"]);
  let file = "rate-limit: 3/hour\n";
  const readConfig = () =>
    loadConfig({
      argv: ["--config", "specchat.yaml"],
      environment: {},
      readFile: (path) => (path === "specchat.yaml" ? file : undefined),
    }).config;
  expect([(await complete()).status, (await complete()).status]).toEqual([200, 429]);
  const reload = createSettingsReload(specchat.app, testPorts(), specchat.app.config);
  await reload(readConfig);
  file = "rate-limit: lots\n";
  await reload(readConfig);
  clock += 3_600_000;
  const statuses = [await complete(), await complete(), await complete(), await complete()];
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(specchat.log.filter((line) => /settings (not )?reloaded/.test(line))).toEqual([
    expect.stringContaining("settings reloaded applied="),
    expect.stringContaining('settings not reloaded; keeping the previous ones detail="rateLimit: \\"lots\\"'),
  ]);
});
