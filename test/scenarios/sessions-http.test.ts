import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type Script,
  USAGE,
} from "../support/scripted-model.ts";

let specchat: Specchat;
let api: RecordingApi;

beforeEach(async () => {
  api = await startApi();
});

afterEach(async () => {
  await specchat.stop();
  await api.stop();
});

async function start(scripts: readonly Script[]): Promise<string> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url],
    model: { ...createScriptedModel(scripts), cost: (_, { inputTokens }) => inputTokens / 1000 },
  });
  return `${specchat.url}/bedrock-chat/sessions`;
}

/** Returns the caller cookie of a new browser. */
async function newCookie(): Promise<string> {
  const page = await fetch(`${specchat.url}/bedrock-chat/ui`);
  return page.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function runTurns(cookie: string, ...messages: readonly string[]) {
  const client = await NativeClient.connect(specchat.url, cookie === "" ? {} : { Cookie: cookie });
  const { session_id } = await client.waitFor("connection_established");
  for (const message of messages) await client.runTurn(message);
  return { client, id: session_id };
}

async function fetchJson(url: string, cookie: string) {
  const response = await fetch(url, { headers: { Cookie: cookie } });
  return { status: response.status, body: await response.json() };
}

test("sessions are listed for their owner only, newest first and in pages, and can be searched", async () => {
  const url = await start([replyWithText("Hello."), replyWithText("A zebra."), replyWithText("Bye.")]);
  const [ownCookie, otherCookie] = [await newCookie(), await newCookie()];
  const first = await runTurns(ownCookie, "  \n## Tell me of *animals*\nplease");
  const second = await runTurns(ownCookie, "What has stripes?");
  const third = await runTurns(otherCookie, "Not mine");
  for (const { client } of [first, second, third]) client.close();
  const listEntry = (title: string, id: string) => ({
    session_id: id,
    title,
    model: "global.anthropic.claude-haiku-5-5",
    created_at: expect.any(String),
    updated_at: expect.any(String),
    message_count: 2,
    state: "idle",
    usage: {
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
    },
    cost_usd: USAGE.inputTokens / 1000,
  });
  const both = [listEntry("What has stripes?", second.id), listEntry("## Tell me of *animals*", first.id)];
  expect(await fetchJson(url, ownCookie)).toEqual({ status: 200, body: { sessions: both, next: null } });
  const page = await fetchJson(`${url}?limit=1`, ownCookie);
  expect(page.body.sessions).toEqual(both.slice(0, 1));
  expect((await fetchJson(`${url}?limit=1&before=${page.body.next}`, ownCookie)).body).toEqual({
    sessions: both.slice(1),
    next: null,
  });
  expect((await fetchJson(`${url}?search=ZEBRA`, ownCookie)).body.sessions).toEqual(both.slice(0, 1));
  expect((await fetchJson(url, otherCookie)).body.sessions).toEqual([listEntry("Not mine", third.id)]);
  expect((await (await fetch(url)).json()).sessions).toEqual([]);
  expect((await fetchJson(`${url}?limit=0`, ownCookie)).status).toBe(400);
  expect((await fetchJson(`${url}?before=nowhere`, ownCookie)).status).toBe(400);
});

test("a session can be read, renamed and deleted by its owner, and is not found by others", async () => {
  const url = await start([replyWithCalls(["c1", "listThings", {}]), replyWithText("Two.")]);
  const [ownCookie, otherCookie] = [await newCookie(), await newCookie()];
  const { client, id } = await runTurns(ownCookie, "list");
  client.close();
  const sessionUrl = `${url}/${id}`;
  for (const cookie of [otherCookie, ""]) {
    expect((await fetchJson(sessionUrl, cookie)).status).toBe(404);
    const headers = { Cookie: cookie };
    const body = JSON.stringify({ title: "Theirs" });
    expect((await fetch(sessionUrl, { method: "PATCH", headers, body })).status).toBe(404);
    expect((await fetch(sessionUrl, { method: "DELETE", headers })).status).toBe(404);
    expect((await fetch(`${sessionUrl}/stop`, { method: "POST", headers })).status).toBe(404);
    expect((await fetch(`${sessionUrl}/export`, { headers })).status).toBe(404);
  }
  const headers = { Cookie: ownCookie };
  const rename = (title: string) =>
    fetch(sessionUrl, { method: "PATCH", headers, body: JSON.stringify({ title }) });
  expect([(await rename(" Things ")).status, (await rename(" ")).status]).toEqual([204, 400]);
  expect((await fetchJson(sessionUrl, ownCookie)).body).toMatchObject({
    title: "Things",
    messages: [
      { role: "user", content: "list" },
      { role: "assistant", tool_calls: [{ id: "c1" }], tool_results: [{ tool_call_id: "c1", status: "ok" }] },
      { role: "assistant", content: "Two." },
    ],
  });
  expect((await fetch(sessionUrl, { method: "DELETE", headers })).status).toBe(204);
  expect([
    (await fetchJson(sessionUrl, ownCookie)).status,
    (await fetchJson(url, ownCookie)).body.sessions,
  ]).toEqual([404, []]);
});

test("a session without a cookie is read by its id", async () => {
  const url = await start([replyWithText("Hello.")]);
  const { client, id } = await runTurns("", "hi");
  client.close();
  expect((await fetchJson(`${url}/${id}`, "")).body.messages).toMatchObject([
    { content: "hi" },
    { content: "Hello." },
  ]);
  expect((await fetchJson(`${url}/${crypto.randomUUID()}`, "")).status).toBe(404);
});

test("stop ends a running turn, and ends a waiting turn without its call", async () => {
  const url = await start([
    [{ type: "text", text: "Half" }, new Promise(() => {})],
    replyWithCalls(["c1", "createThing", { name: "box" }]),
  ]);
  const cookie = await newCookie();
  const { client, id } = await runTurns(cookie);
  client.send({ type: "hello", capabilities: ["approval"] });
  client.send({ message: "go" });
  await client.waitFor("text_delta");
  expect((await fetchJson(url, cookie)).body.sessions[0].state).toBe("running");
  const stop = () => fetch(`${url}/${id}/stop`, { method: "POST", headers: { Cookie: cookie } });
  expect((await stop()).status).toBe(202);
  expect(await client.waitFor("ai_response")).toMatchObject({ stop_reason: "stopped", message: "Half" });
  client.send({ message: "create" });
  await client.waitFor("approval_request");
  expect((await fetchJson(url, cookie)).body.sessions[0].state).toBe("waiting");
  await stop();
  expect(await client.waitFor("ai_response")).toMatchObject({ stop_reason: "stopped" });
  expect((await fetchJson(url, cookie)).body.sessions[0].state).toBe("idle");
  expect(api.requests).toEqual([]);
  client.close();
});

test("a session is exported as a JSON or Markdown file, and its texts cannot end a code fence", async () => {
  const url = await start([
    replyWithCalls(["c1", "getThing", { id: "```x" }]),
    replyWithText("It is <b>there</b>."),
  ]);
  const { client, id } = await runTurns("", "Is it there?\n```");
  client.close();
  const asJson = await fetch(`${url}/${id}/export`);
  expect(asJson.headers.get("content-disposition")).toBe(
    "attachment; filename*=UTF-8''Is%20it%20there%3F.json",
  );
  expect(await asJson.json()).toMatchObject({
    session_id: id,
    messages: [
      { content: "Is it there?\n```" },
      { tool_calls: [{ name: "getThing" }] },
      { role: "assistant" },
    ],
  });
  const markdown = await fetch(`${url}/${id}/export?format=markdown`);
  expect(markdown.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  expect(markdown.headers.get("content-security-policy")).toBe("sandbox; default-src 'none'");
  const text = (await markdown.text()).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
  expect(text).toBe(
    [
      "# Is it there?",
      "Begun TIME",
      "## Question, TIME",
      "Is it there?\n```",
      "## Answer, TIME",
      "**Call:** `getThing`",
      '````json\n{\n  "id": "```x"\n}\n````',
      '```\n{"id":null,"name":"thing %60%60%60x"}\n```',
      "## Answer, TIME",
      "It is <b>there</b>.\n",
    ].join("\n\n"),
  );
  expect((await fetch(`${url}/${id}/export?format=pdf`)).status).toBe(400);
});
