import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { commands } from "../../src/commands/index.ts";
import { loadConfig } from "../../src/config/load.ts";
import { AppError } from "../../src/errors.ts";
import type { ServerFrame } from "../../src/protocols/native/types.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
  testPorts,
} from "../support/harness.ts";
import { createServerFixture, type ServerFixture } from "../support/server-process.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat | undefined;
let fixture: ServerFixture | undefined;

beforeEach(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
});

afterEach(async () => {
  await specchat?.stop();
  await fixture?.remove();
  specchat = undefined;
  fixture = undefined;
  await Promise.all([bedrock.stop(), api.stop()]);
});

async function start(...argv: string[]): Promise<string> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model: createBedrockAt(bedrock.url),
  });
  return specchat.url;
}

/** Connects a client that can ask for approval. Returns it with its session id. */
async function connect(url: string): Promise<{ client: NativeClient; session: string }> {
  const client = await NativeClient.connect(url);
  client.send({ type: "hello", capabilities: ["approval"] });
  const { session_id } = await client.waitFor("connection_established");
  return { client, session: session_id };
}

async function resume(url: string, session: string, lastSeq: number) {
  const { client } = await connect(url);
  client.send({ type: "resume", session_id: session, last_seq: lastSeq });
  expect(await client.waitFor("connection_established", "error")).toMatchObject({
    session_id: session,
    resumed: true,
  });
  return client;
}

const creates = (id: string, name: string) => ({ name: "createThing", input: { name }, id });

/** Returns the newest tool results in the n-th model request. */
function resultsIn(index: number): string[] {
  const messages = (bedrock.requests[index]?.body.messages ?? []) as {
    content: { toolResult?: { content: { text: string }[]; status?: string } }[];
  }[];
  const last = messages.findLast(({ content }) => content.some(({ toolResult }) => toolResult));
  return (last?.content ?? []).flatMap(({ toolResult }) =>
    toolResult ? [`${toolResult.status ?? "ok"}: ${toolResult.content.map(({ text }) => text).join()}`] : [],
  );
}

function replyOf(frame: ServerFrame | undefined) {
  return frame?.type === "ai_response" ? [frame.stop_reason, frame.message] : frame;
}

test("a write waits for approval with its method, URL and body, and runs once when it is approved", async () => {
  const { client } = await connect(await start());
  bedrock.script([
    {
      text: "I will create it.",
      calls: [creates("c1", "box"), { name: "listThings", input: {}, id: "c2" }],
    },
    { text: "Created." },
  ]);
  client.send({ message: "create a box" });
  const request = await client.waitFor("approval_request");
  expect(request).toEqual({
    type: "approval_request",
    seq: expect.any(Number),
    turn_id: expect.any(String),
    approval_id: expect.any(String),
    tool_calls: [
      {
        tool_call_id: "c1",
        name: "createThing",
        arguments: { name: "box" },
        method: "POST",
        path: "/things",
        summary: "Create a thing",
        request: { method: "POST", url: `${api.url}/things`, body: '{"name":"box"}' },
      },
    ],
    expires_at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  // The call that needs no approval has run already.
  expect(api.requests).toEqual(["GET /things"]);
  client.send({ type: "approve", approval_id: request.approval_id, approved: true });
  expect(await client.waitFor("tool_result")).toMatchObject({
    tool_call_id: "c1",
    status: "ok",
    http_status: 201,
  });
  const end = await client.waitFor("ai_response");
  expect([
    end.message,
    end.tool_calls.map(({ id }) => id),
    end.tool_results.map(({ tool_call_id }) => tool_call_id),
  ]).toEqual(["I will create it.\n\nCreated.", ["c1", "c2"], ["c1", "c2"]]);
  expect(api.requests).toEqual(["GET /things", 'POST /things {"name":"box"}']);
  expect(client.frames.flatMap((frame) => ("seq" in frame ? [frame.seq] : []))).toEqual(
    Array.from({ length: end.seq }, (_, index) => index + 1),
  );
  client.close();
});

test("a rejection reaches the model with its reason, and nothing reaches the API", async () => {
  const { client } = await connect(await start());
  bedrock.script([{ calls: [creates("c1", "box")] }, { text: "As you wish." }]);
  client.send({ message: "create a box" });
  const { approval_id } = await client.waitFor("approval_request");
  client.send({ type: "approve", approval_id, approved: false, reason: "too big" });
  expect(replyOf(await client.waitFor("ai_response"))).toEqual(["end_turn", "As you wish."]);
  expect(resultsIn(1)).toEqual([
    'error: Not called: the person refused it. They said: "too big". Do not try it again unless they ask for it.',
  ]);
  expect(api.requests).toEqual([]);
  client.close();
});

test("several calls are decided one by one, and an approval can cover an operation for the session", async () => {
  const { client } = await connect(await start());
  bedrock.script([
    { calls: [creates("a", "1"), creates("b", "2"), creates("c", "3")] },
    { text: "Done." },
    { calls: [creates("d", "4")] },
    { text: "That too." },
  ]);
  client.send({ message: "create three" });
  const first = await client.waitFor("approval_request");
  const { approval_id } = first;
  client.send({ type: "approve", approval_id, approved: false, tool_call_ids: ["b"] });
  const remaining = await client.waitFor("approval_request");
  expect([remaining.approval_id, remaining.tool_calls.map((call) => call.tool_call_id)]).toEqual([
    approval_id,
    ["a", "c"],
  ]);
  expect(api.requests).toEqual([]);
  client.send({ type: "approve", approval_id, approved: true, scope: "session", tool_call_ids: ["c"] });
  expect(replyOf(await client.waitFor("ai_response"))).toEqual(["end_turn", "Done."]);
  expect((await client.runTurn("and a fourth")).map(({ type }) => type)).not.toContain("approval_request");
  expect([...api.requests].sort()).toEqual([1, 3, 4].map((name) => `POST /things {"name":"${name}"}`));
  client.close();
});

test("a client without the approval capability gets a failed result immediately, and the turn continues", async () => {
  const client = await NativeClient.connect(await start());
  bedrock.script([{ calls: [creates("c1", "box")] }, { text: "I cannot." }]);
  expect(replyOf((await client.runTurn("create a box")).at(-1))).toEqual(["end_turn", "I cannot."]);
  expect(resultsIn(1)).toEqual([
    expect.stringContaining("needs a person's approval, and this client cannot ask"),
  ]);
  expect(api.requests).toEqual([]);
  client.close();
});

test.each([
  ["none", [], ["GET /things", 'POST /things {"name":"box"}']],
  ["writes", ["c1"], ["GET /things"]],
  ["all", ["c1", "c2"], []],
] as const)("--approve %s requires approval of %p", async (mode, pendingIds, sentBefore) => {
  const { client } = await connect(await start("--approve", mode));
  bedrock.script([
    { calls: [creates("c1", "box"), { name: "listThings", input: {}, id: "c2" }] },
    { text: "Done." },
  ]);
  client.send({ message: "go" });
  const frame = await client.waitFor("approval_request", "ai_response");
  const ids = frame.type === "approval_request" ? frame.tool_calls.map((call) => call.tool_call_id) : [];
  expect([ids, [...api.requests].sort()]).toEqual([[...pendingIds], [...sentBefore]]);
  client.close();
});

test("fetch_all needs approval with --approve all", async () => {
  const { client } = await connect(await start("--approve", "all"));
  bedrock.script([
    { calls: [{ name: "fetch_all", input: { tool: "listThings", arguments: {} } }] },
    { text: "All." },
  ]);
  client.send({ message: "everything" });
  const { tool_calls } = await client.waitFor("approval_request");
  expect(tool_calls.map(({ request }) => request)).toEqual([{ method: "GET", url: `${api.url}/things` }]);
  expect(api.requests).toEqual([]);
  client.close();
});

test("an invalid call returns to the model without a request for approval", async () => {
  const { client } = await connect(await start());
  bedrock.script([{ calls: [{ name: "createThing", input: {}, id: "c1" }] }, { text: "I need a name." }]);
  client.send({ message: "create" });
  expect(replyOf(await client.waitFor("approval_request", "ai_response"))).toEqual([
    "end_turn",
    "I need a name.",
  ]);
  expect(resultsIn(1)[0]).toContain("Request not sent: invalid arguments");
  client.close();
});

test("an approval is decided once: later and unknown decisions get an error, and the API gets one call", async () => {
  const { client } = await connect(await start());
  bedrock.script([{ calls: [creates("c1", "box")] }, { text: "Created." }]);
  client.send({ message: "create a box" });
  const { approval_id } = await client.waitFor("approval_request");
  client.send({ type: "approve", approval_id: "another", approved: true });
  expect(await client.next()).toMatchObject({ type: "error", code: "approval_not_found" });
  client.send({ type: "approve", approval_id, approved: true });
  client.send({ type: "approve", approval_id, approved: true });
  await client.waitFor("ai_response");
  client.send({ type: "approve", approval_id, approved: false });
  await client.waitFor("error");
  client.send({ type: "ping" });
  await client.waitFor("pong");
  expect(client.frames.flatMap((frame) => (frame.type === "error" ? [frame.code] : []))).toEqual([
    "approval_not_found",
    "approval_not_found",
    "approval_not_found",
  ]);
  expect(api.requests).toEqual(['POST /things {"name":"box"}']);
  client.close();
});

test("another tab sees the request and can approve it, and both tabs see the result", async () => {
  const url = await start();
  const { client: first, session } = await connect(url);
  bedrock.script([{ calls: [creates("c1", "box")] }, { text: "Created." }]);
  first.send({ message: "create a box" });
  const { approval_id, seq } = await first.waitFor("approval_request");
  const second = await resume(url, session, 0);
  const repeated = await second.waitFor("approval_request");
  expect([repeated.approval_id, repeated.seq]).toEqual([approval_id, seq]);
  second.send({ type: "approve", approval_id, approved: true });
  const ends = await Promise.all([first.waitFor("ai_response"), second.waitFor("ai_response")]);
  expect(ends[0]).toEqual(ends[1]);
  expect(second.frames.find(({ type }) => type === "typing")).toMatchObject({
    question: { role: "user", content: "create a box" },
  });
  expect(api.requests).toEqual(['POST /things {"name":"box"}']);
  first.close();
  second.close();
});

test("stop while a call waits ends the turn without the call and without another model call", async () => {
  const { client } = await connect(await start());
  bedrock.script([{ text: "Shall I?", calls: [creates("c1", "box")] }, { text: "Hello." }]);
  client.send({ message: "create a box" });
  const { approval_id } = await client.waitFor("approval_request");
  client.send({ type: "stop" });
  expect(replyOf(await client.waitFor("ai_response"))).toEqual(["stopped", "Shall I?"]);
  client.send({ type: "approve", approval_id, approved: true });
  expect(await client.waitFor("error")).toMatchObject({ code: "approval_not_found" });
  expect(replyOf((await client.runTurn("hi")).at(-1))).toEqual(["end_turn", "Hello."]);
  expect([bedrock.requests.length, api.requests]).toEqual([2, []]);
  client.close();
});

test("a message that arrives while a call waits gets its reply after the decision", async () => {
  const { client } = await connect(await start());
  bedrock.script([{ calls: [creates("c1", "box")] }, { text: "Created." }, { text: "Hello." }]);
  client.send({ message: "create a box" });
  const { approval_id } = await client.waitFor("approval_request");
  client.send({ message: "hi" });
  client.send({ type: "ping" });
  await client.waitFor("pong");
  client.send({ type: "approve", approval_id, approved: true });
  expect(replyOf(await client.waitFor("ai_response"))).toEqual(["end_turn", "Created."]);
  expect(replyOf(await client.waitFor("ai_response"))).toEqual(["end_turn", "Hello."]);
  client.close();
});

test("an approval that times out ends its turn, and a later decision makes no call", async () => {
  const { client } = await connect(await start("--approval-timeout", "0.05"));
  bedrock.script([{ calls: [creates("c1", "box")] }, { text: "Hello." }]);
  client.send({ message: "create a box" });
  const { approval_id } = await client.waitFor("approval_request");
  expect(replyOf(await client.waitFor("ai_response"))).toEqual(["stopped", ""]);
  client.send({ type: "approve", approval_id, approved: true });
  expect(await client.waitFor("error")).toMatchObject({ code: "approval_not_found" });
  await client.runTurn("hi");
  expect(resultsIn(1)).toEqual(["error: Not called: nobody approved it in time."]);
  expect(api.requests).toEqual([]);
  client.close();
});

test("an approval that times out while the store is unavailable ends its turn when the store is back", async () => {
  const { client } = await connect(await start("--approval-timeout", "0.1"));
  bedrock.script([{ calls: [creates("c1", "box")] }]);
  client.send({ message: "create a box" });
  await client.waitFor("approval_request");
  const store = specchat?.app.store;
  if (!store) throw new Error("no store");
  const { acquire } = store;
  const refused = Promise.withResolvers<void>();
  Object.assign(store, {
    acquire: async () => {
      refused.resolve();
      throw new AppError("store_unavailable", "away", { retryable: true });
    },
  });
  await refused.promise;
  Object.assign(store, { acquire });
  expect(replyOf(await client.waitFor("ai_response"))).toEqual(["stopped", ""]);
  expect(api.requests).toEqual([]);
  client.close();
});

test("a pending approval survives a lost socket and a killed server, and the next server runs the approved call once", async () => {
  fixture = await createServerFixture(bedrock, api);
  const first = await fixture.start();
  const { client, session } = await connect(first.url);
  bedrock.script([
    { text: "Two boxes.", calls: [creates("a", "1"), creates("b", "2")] },
    { text: "One was created." },
  ]);
  client.send({ message: "create two boxes" });
  const { approval_id, seq, tool_calls, expires_at } = await client.waitFor("approval_request");
  client.close();
  const resumed = await resume(first.url, session, seq);
  resumed.send({ type: "approve", approval_id, approved: false, tool_call_ids: ["a"] });
  const remaining = await resumed.waitFor("approval_request");
  await first.kill("SIGKILL");
  const second = await fixture.start();
  const third = await resume(second.url, session, 1);
  const operation = { method: "POST", path: "/things", summary: "Create a thing" };
  expect(await third.waitFor("snapshot")).toEqual({
    type: "snapshot",
    seq: remaining.seq,
    messages: [
      expect.objectContaining({ role: "user", content: "create two boxes" }),
      expect.objectContaining({
        role: "assistant",
        content: "Two boxes.",
        tool_calls: [
          { id: "a", name: "createThing", arguments: { name: "1" }, ...operation },
          { id: "b", name: "createThing", arguments: { name: "2" }, ...operation },
        ],
      }),
    ],
    turn_id: remaining.turn_id,
    partial: "",
    approvals: [{ approval_id, tool_calls: tool_calls.slice(1), expires_at }],
  });
  third.send({ type: "approve", approval_id, approved: true });
  const end = await third.waitFor("ai_response", "error");
  expect(replyOf(end)).toEqual(["end_turn", "Two boxes.\n\nOne was created."]);
  third.send({ type: "approve", approval_id, approved: true });
  expect(await third.waitFor("error")).toMatchObject({ code: "approval_not_found" });
  expect(api.requests).toEqual(['POST /things {"name":"2"}']);
  expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  third.close();
});

test("a process that dies after the decision loses no result of the calls that ran before", async () => {
  const stuck = Promise.withResolvers<void>();
  const slowApi = await startApi(async ({ method }) => {
    if (method === "POST") await stuck.promise;
    return Response.json(["a thing"]);
  });
  fixture = await createServerFixture(bedrock, slowApi);
  const first = await fixture.start();
  const { client, session } = await connect(first.url);
  bedrock.script([{ calls: [{ name: "listThings", input: {}, id: "read" }, creates("write", "box")] }]);
  client.send({ message: "list and create" });
  const { approval_id } = await client.waitFor("approval_request");
  client.send({ type: "approve", approval_id, approved: true });
  while (slowApi.requests.length < 2) await Bun.sleep(5);
  await first.kill("SIGKILL");
  stuck.resolve();
  const second = await fixture.start();
  const resumed = await resume(second.url, session, 0);
  const { messages } = await resumed.waitFor("snapshot");
  expect(messages[1]?.tool_results.map(({ status, result }) => [status, result])).toEqual([
    ["ok", '["a thing"]'],
    ["failed", "The call was interrupted: whether it was carried out is not known."],
  ]);
  resumed.close();
  await slowApi.stop();
});

test("an approval that expired while the server was down makes no call after the restart", async () => {
  fixture = await createServerFixture(bedrock, api);
  const first = await fixture.start("--approval-timeout", "0.3");
  const { client, session } = await connect(first.url);
  bedrock.script([{ calls: [creates("a", "1")] }, { text: "Hello." }]);
  client.send({ message: "create a box" });
  const { approval_id, seq, expires_at } = await client.waitFor("approval_request");
  await first.kill("SIGKILL");
  while (Date.now() < Date.parse(expires_at)) await Bun.sleep(20);
  const second = await fixture.start();
  const resumed = await resume(second.url, session, seq);
  resumed.send({ type: "approve", approval_id, approved: true });
  expect(await resumed.waitFor("error")).toMatchObject({ code: "approval_not_found" });
  await resumed.runTurn("hi");
  expect(api.requests).toEqual([]);
  expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  resumed.close();
});

describe("an approval is for the request that was shown:", () => {
  let folder: string;
  let spec: string;

  beforeEach(async () => {
    folder = await mkdtemp(`${tmpdir()}/specchat-approval-`);
    spec = `${folder}/things.yaml`;
    await copyFile(api.spec, spec);
  });

  afterEach(() => rm(folder, { recursive: true }));

  /** Starts with a copy of the document. Its `createThing` can be moved to another path. */
  async function startWithCopy(...argv: string[]) {
    specchat = await startSpecchat({
      argv: ["--spec", spec, "--base-url", api.url, "--model", MODEL, ...argv],
      model: createBedrockAt(bedrock.url),
    });
    return await connect(specchat.url);
  }

  async function moveCreateThing(): Promise<void> {
    const text = await Bun.file(spec).text();
    await Bun.write(spec, text.replace("    post:\n", "  /orders:\n    post:\n"));
    await specchat?.app.apis.reload();
  }

  test("a call that would send another request after a reload is shown again.", async () => {
    const { client } = await startWithCopy();
    bedrock.script([{ calls: [creates("c1", "box"), creates("c2", "jar")] }, { text: "Done." }]);
    client.send({ message: "create two things" });
    const shown = await client.waitFor("approval_request");
    await moveCreateThing();
    client.send({ type: "approve", approval_id: shown.approval_id, approved: true });
    const again = await client.waitFor("approval_request");
    expect(again.tool_calls.map(({ request }) => request)).toEqual(
      ["box", "jar"].map((name) => ({
        method: "POST",
        url: `${api.url}/orders`,
        body: `{"name":"${name}"}`,
      })),
    );
    expect(again.approval_id).not.toBe(shown.approval_id);
    expect(api.requests).toEqual([]);
    client.send({ type: "approve", approval_id: again.approval_id, approved: true });
    expect(replyOf(await client.waitFor("ai_response"))).toEqual(["end_turn", "Done."]);
    expect(api.requests).toEqual(['POST /orders {"name":"box"}', 'POST /orders {"name":"jar"}']);
    client.close();
  });

  test("a reload that changes nothing of the request needs no second approval.", async () => {
    const { client } = await startWithCopy();
    bedrock.script([{ calls: [creates("c1", "box")] }, { text: "Done." }]);
    client.send({ message: "create a box" });
    const { approval_id } = await client.waitFor("approval_request");
    await Bun.write(spec, (await Bun.file(spec).text()).replace("Create a thing", "Make a thing"));
    await specchat?.app.apis.reload();
    client.send({ type: "approve", approval_id, approved: true });
    expect(replyOf(await client.waitFor("ai_response"))).toEqual(["end_turn", "Done."]);
    expect(api.requests).toEqual(['POST /things {"name":"box"}']);
    client.close();
  });

  test("an operation that was allowed for the session is asked about again when its tool calls another one.", async () => {
    const { client } = await startWithCopy();
    bedrock.script([
      { calls: [creates("c1", "1")] },
      { text: "One." },
      { calls: [creates("c2", "2")] },
      { text: "Two." },
      { calls: [creates("c3", "3")] },
    ]);
    client.send({ message: "create one" });
    const { approval_id } = await client.waitFor("approval_request");
    client.send({ type: "approve", approval_id, approved: true, scope: "session" });
    await client.waitFor("ai_response");
    client.send({ message: "create another" });
    await client.waitFor("ai_response");
    await moveCreateThing();
    client.send({ message: "create a third" });
    const again = await client.waitFor("approval_request");
    expect(again.tool_calls[0]?.request).toMatchObject({ url: `${api.url}/orders` });
    expect(api.requests).toEqual(['POST /things {"name":"1"}', 'POST /things {"name":"2"}']);
    client.close();
  });
});

test("calls that wait for approval count towards --max-tool-calls.", async () => {
  const { client } = await connect(await start("--max-tool-calls", "4"));
  const reads = Array.from({ length: 2 }, (_, index) => ({
    name: "getThing",
    input: { id: `${index}` },
    id: `r${index}`,
  }));
  const writes = Array.from({ length: 4 }, (_, index) => creates(`w${index}`, `${index}`));
  bedrock.script([{ calls: reads }, { calls: writes }, { text: "Done." }]);
  client.send({ message: "read two, create four" });
  const { approval_id, tool_calls } = await client.waitFor("approval_request");
  expect(tool_calls.map(({ tool_call_id }) => tool_call_id)).toEqual(["w0", "w1"]);
  client.send({ type: "approve", approval_id, approved: true });
  await client.waitFor("ai_response");
  expect(api.requests).toEqual([
    "GET /things/0",
    "GET /things/1",
    'POST /things {"name":"0"}',
    'POST /things {"name":"1"}',
  ]);
  const notCalled = "error: Not called: the limit of 4 tool calls for one message was reached.";
  expect(resultsIn(2).slice(2)).toEqual([notCalled, expect.stringContaining(`${notCalled}\n\n`)]);
  client.close();
});

test("`specchat ask` prompts for approval in a terminal, and the call fails immediately without one", async () => {
  const questions: string[] = [];
  const run = async (reply?: (question: string) => string) => {
    const loaded = loadConfig({
      argv: ["ask", "create boxes", "--spec", api.spec, "--base-url", api.url, "--model", MODEL],
      environment: {},
      readFile: () => undefined,
      commands: { ask: commands.ask.spec },
    });
    let out = "";
    await commands.ask.run({
      loaded,
      terminal: {
        out: (text) => {
          out += text;
        },
        err: () => {},
        flush: async () => {},
        prompt:
          reply &&
          (async (question) => {
            questions.push(question);
            return reply(question);
          }),
      },
      ports: { ...testPorts(), model: createBedrockAt(bedrock.url) },
      useDemoModel: false,
      onReload: () => {},
      stop: new AbortController().signal,
    });
    return out;
  };
  const round = { calls: [creates("a", "1"), creates("b", "2")] };
  bedrock.script([round, { text: "Done." }, round, { text: "Not done." }]);
  expect(await run((question) => (question.includes('"1"') ? "y" : "not that one"))).toContain("Done.");
  expect(questions).toEqual(
    ["1", "2"].map(
      (name) => `POST ${api.url}/things\n{"name":"${name}"}\nAllow this call? [y/N, or a reason] `,
    ),
  );
  expect(resultsIn(1)[1]).toContain('They said: "not that one"');
  await run();
  expect(resultsIn(3)[0]).toContain("this client cannot ask");
  expect(api.requests).toEqual(['POST /things {"name":"1"}']);
});
