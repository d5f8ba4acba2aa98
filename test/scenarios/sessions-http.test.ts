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

/** A browser's cookie, which makes it somebody. */
async function newCookie(): Promise<string> {
  const page = await fetch(`${specchat.url}/bedrock-chat/ui`);
  return page.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function converse(cookie: string, ...messages: readonly string[]) {
  const client = await NativeClient.connect(specchat.url, cookie === "" ? {} : { Cookie: cookie });
  const { session_id } = await client.waitFor("connection_established");
  for (const message of messages) await client.runTurn(message);
  return { client, id: session_id };
}

async function json(url: string, cookie: string) {
  const response = await fetch(url, { headers: { Cookie: cookie } });
  return { status: response.status, body: await response.json() };
}

test("a browser's conversations are listed for it alone, the newest first, page by page, and found by what was said", async () => {
  const url = await start([replyWithText("Hello."), replyWithText("A zebra."), replyWithText("Bye.")]);
  const [mine, theirs] = [await newCookie(), await newCookie()];
  const first = await converse(mine, "  \n## Tell me of *animals*\nplease");
  const second = await converse(mine, "What has stripes?");
  const third = await converse(theirs, "Not mine");
  for (const { client } of [first, second, third]) client.close();
  const shown = (title: string, id: string) => ({
    session_id: id,
    title,
    model: "global.anthropic.claude-haiku-4-5-20251001-v1:0",
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
  const both = [shown("What has stripes?", second.id), shown("## Tell me of *animals*", first.id)];
  expect(await json(url, mine)).toEqual({ status: 200, body: { sessions: both, next: null } });
  const page = await json(`${url}?limit=1`, mine);
  expect(page.body.sessions).toEqual(both.slice(0, 1));
  expect((await json(`${url}?limit=1&before=${page.body.next}`, mine)).body).toEqual({
    sessions: both.slice(1),
    next: null,
  });
  expect((await json(`${url}?search=ZEBRA`, mine)).body.sessions).toEqual(both.slice(0, 1));
  expect((await json(url, theirs)).body.sessions).toEqual([shown("Not mine", third.id)]);
  expect((await (await fetch(url)).json()).sessions).toEqual([]);
  expect((await json(`${url}?limit=0`, mine)).status).toBe(400);
  expect((await json(`${url}?before=nowhere`, mine)).status).toBe(400);
});

test("a conversation is read, renamed and deleted by its owner; for anybody else there is none", async () => {
  const url = await start([replyWithCalls(["c1", "listThings", {}]), replyWithText("Two.")]);
  const [mine, theirs] = [await newCookie(), await newCookie()];
  const { client, id } = await converse(mine, "list");
  client.close();
  const one = `${url}/${id}`;
  for (const cookie of [theirs, ""]) {
    expect((await json(one, cookie)).status).toBe(404);
    const headers = { Cookie: cookie };
    const body = JSON.stringify({ title: "Theirs" });
    expect((await fetch(one, { method: "PATCH", headers, body })).status).toBe(404);
    expect((await fetch(one, { method: "DELETE", headers })).status).toBe(404);
    expect((await fetch(`${one}/stop`, { method: "POST", headers })).status).toBe(404);
    expect((await fetch(`${one}/export`, { headers })).status).toBe(404);
  }
  const headers = { Cookie: mine };
  const rename = (title: string) => fetch(one, { method: "PATCH", headers, body: JSON.stringify({ title }) });
  expect([(await rename(" Things ")).status, (await rename(" ")).status]).toEqual([204, 400]);
  expect((await json(one, mine)).body).toMatchObject({
    title: "Things",
    messages: [
      { role: "user", content: "list" },
      { role: "assistant", tool_calls: [{ id: "c1" }], tool_results: [{ tool_call_id: "c1", status: "ok" }] },
      { role: "assistant", content: "Two." },
    ],
  });
  expect((await fetch(one, { method: "DELETE", headers })).status).toBe(204);
  expect([(await json(one, mine)).status, (await json(url, mine)).body.sessions]).toEqual([404, []]);
});

test("whoever brought no cookie opens a conversation by its id", async () => {
  const url = await start([replyWithText("Hello.")]);
  const { client, id } = await converse("", "hi");
  client.close();
  expect((await json(`${url}/${id}`, "")).body.messages).toMatchObject([
    { content: "hi" },
    { content: "Hello." },
  ]);
  expect((await json(`${url}/${crypto.randomUUID()}`, "")).status).toBe(404);
});

test("a running turn is stopped, and one that waits for approval is shown as waiting, then ended without its call", async () => {
  const url = await start([
    [{ type: "text", text: "Half" }, new Promise(() => {})],
    replyWithCalls(["c1", "createThing", { name: "box" }]),
  ]);
  const cookie = await newCookie();
  const { client, id } = await converse(cookie);
  client.send({ type: "hello", capabilities: ["approval"] });
  client.send({ message: "go" });
  await client.waitFor("text_delta");
  expect((await json(url, cookie)).body.sessions[0].state).toBe("running");
  const stop = () => fetch(`${url}/${id}/stop`, { method: "POST", headers: { Cookie: cookie } });
  expect((await stop()).status).toBe(202);
  expect(await client.waitFor("ai_response")).toMatchObject({ stop_reason: "stopped", message: "Half" });
  client.send({ message: "create" });
  await client.waitFor("approval_request");
  expect((await json(url, cookie)).body.sessions[0].state).toBe("waiting");
  await stop();
  expect(await client.waitFor("ai_response")).toMatchObject({ stop_reason: "stopped" });
  expect((await json(url, cookie)).body.sessions[0].state).toBe("idle");
  expect(api.requests).toEqual([]);
  client.close();
});

test("a conversation is exported as JSON and as Markdown, always as a file, and what was said ends no fence", async () => {
  const url = await start([
    replyWithCalls(["c1", "getThing", { id: "```x" }]),
    replyWithText("It is <b>there</b>."),
  ]);
  const { client, id } = await converse("", "Is it there?\n```");
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
