import { afterEach, beforeEach, expect, test } from "bun:test";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

let api: RecordingApi;
let bedrock: StandIn;
let specchat: Specchat;
let cookie: string;
let sessions: string;

beforeEach(async () => {
  [api, bedrock] = await Promise.all([startApi(), startBedrock()]);
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url],
    model: createBedrockAt(bedrock.url),
  });
  cookie = await newCookie();
  sessions = `${specchat.url}/bedrock-chat/sessions`;
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([api.stop(), bedrock.stop()]);
});

async function newCookie(): Promise<string> {
  const page = await fetch(`${specchat.url}/bedrock-chat/ui`);
  return page.headers.get("set-cookie")?.split(";")[0] ?? "";
}

/** Runs turns in a new session, or in `session`. Returns the id of the session and the ids of the user messages. */
async function runTurns(messages: readonly string[], session?: string) {
  const client = await NativeClient.connect(specchat.url, { Cookie: cookie });
  const { session_id } = await client.waitFor("connection_established");
  if (session !== undefined) {
    client.send({ type: "resume", session_id: session, last_seq: 0, snapshot: true });
    await client.waitFor("snapshot");
  }
  const questions: (string | undefined)[] = [];
  for (const message of messages) {
    const frames = await client.runTurn(message);
    questions.push(...frames.flatMap((frame) => (frame.type === "typing" ? [frame.message_id] : [])));
  }
  client.close();
  return { id: session ?? session_id, questions };
}

async function send(method: string, path: string, body: unknown, as = cookie) {
  const headers = { Cookie: as, "Content-Type": "application/json" };
  const response = await fetch(`${sessions}/${path}`, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

async function read(id: string) {
  return await (await fetch(`${sessions}/${id}`, { headers: { Cookie: cookie } })).json();
}

function textsOf({ messages }: { messages: readonly { content: string }[] }): readonly string[] {
  return messages.map(({ content }) => content);
}

test("a branch has the messages before the one that it replaces, and the session keeps its own.", async () => {
  bedrock.script([
    { text: "One." },
    { calls: [{ name: "listThings", input: {}, id: "call-1" }] },
    { text: "Two." },
    { text: "Three." },
    { text: "Otherwise." },
  ]);
  const first = await runTurns(["first", "second", "third"]);
  const created = await send("POST", `${first.id}/branches`, { before: first.questions[2] });
  expect(created).toEqual({
    status: 201,
    body: {
      ...(await read(created.body.session_id)),
      messages: undefined,
      message_count: 6,
      state: "idle",
      branch: { session_id: first.id, message_id: first.questions[2], after: first.questions[1] },
    },
  });
  const branch = created.body.session_id;
  await runTurns(["another"], branch);
  // The model reads the same history, as far as it is the same.
  const [third, another] = bedrock.requests
    .slice(-2)
    .map(({ body }) => (body.messages as readonly unknown[]).slice(0, -1));
  expect(another).toEqual(third);
  expect(textsOf(await read(first.id)).at(-1)).toBe("Three.");
  expect(textsOf(await read(branch)).slice(-2)).toEqual(["another", "Otherwise."]);
  const { sessions: listed } = await (await fetch(sessions, { headers: { Cookie: cookie } })).json();
  expect(listed.map(({ session_id, branch: point }: typeof created.body) => [session_id, point])).toEqual([
    [branch, { session_id: first.id, message_id: first.questions[2], after: first.questions[1] }],
    [first.id, undefined],
  ]);
});

test("a branch before the first message is empty, and one of a branch has a branch as its origin.", async () => {
  bedrock.script([{ text: "One." }, { text: "Two." }]);
  const first = await runTurns(["first"]);
  const { body: branch } = await send("POST", `${first.id}/branches`, { before: first.questions[0] });
  expect([branch.message_count, branch.title]).toEqual([0, ""]);
  const second = await runTurns(["second"], branch.session_id);
  const { body: next } = await send("POST", `${second.id}/branches`, { before: second.questions[0] });
  expect(next.branch).toEqual({
    session_id: branch.session_id,
    message_id: second.questions[0],
    after: null,
  });
});

test("a branch needs a message of a user, and a conversation of the caller.", async () => {
  bedrock.script([{ text: "One." }]);
  const { id, questions } = await runTurns(["first"]);
  const [, reply] = (await read(id)).messages;
  for (const before of ["nothing", reply.message_id])
    expect(await send("POST", `${id}/branches`, { before })).toEqual({
      status: 400,
      body: { detail: "before: the conversation has no message of a user with this id." },
    });
  for (const [method, path, body] of [
    ["POST", "branches", { before: questions[0] }],
    ["PUT", "feedback", { message_id: questions[0], rating: "up" }],
  ] as const)
    expect((await send(method, `${id}/${path}`, body, await newCookie())).status).toBe(404);
});

test("a rating is stored with its note, exported, replaced, removed and counted.", async () => {
  bedrock.script([{ text: "One." }, { text: "Two." }]);
  const { id, questions } = await runTurns(["first", "second"]);
  const [first, second] = questions;
  const rate = async (body: unknown) => (await send("PUT", `${id}/feedback`, body)).status;
  const ratings = async () =>
    (await read(id)).messages.flatMap(({ message_id, feedback }: Record<string, unknown>) =>
      feedback ? [[message_id, feedback]] : [],
    );
  expect(await rate({ message_id: first, rating: "down", note: "  Wrong price. " })).toBe(204);
  expect(await rate({ message_id: second, rating: "up" })).toBe(204);
  expect(await ratings()).toEqual([
    [first, { rating: "down", note: "Wrong price." }],
    [second, { rating: "up" }],
  ]);
  const exported = await fetch(`${sessions}/${id}/export`, { headers: { Cookie: cookie } });
  expect((await exported.json()).messages[0].feedback).toEqual({ rating: "down", note: "Wrong price." });
  expect(await rate({ message_id: first, rating: "up" })).toBe(204);
  expect(await rate({ message_id: second, rating: null })).toBe(204);
  expect(await ratings()).toEqual([[first, { rating: "up" }]]);
  const metrics = await (await fetch(`${specchat.url}/metrics`)).text();
  expect(metrics.split("\n").filter((line) => line.startsWith("specchat_feedback_total"))).toEqual([
    expect.stringMatching(/rating="down".* 1$/),
    expect.stringMatching(/rating="up".* 2$/),
  ]);
  expect(await rate({ message_id: "nothing", rating: "up" })).toBe(400);
  expect(await rate({ message_id: first, rating: "sideways" })).toBe(400);
  expect(await rate({ message_id: first, rating: "up", note: "x".repeat(2001) })).toBe(400);
});

test("the figures of a turn are in the history: all rounds of it, with the model.", async () => {
  bedrock.script([{ calls: [{ name: "listThings", input: {}, id: "call-1" }] }, { text: "Done." }]);
  const client = await NativeClient.connect(specchat.url, { Cookie: cookie });
  const { session_id } = await client.waitFor("connection_established");
  await client.runTurn("count");
  client.close();
  const end = client.frames.find((frame) => frame.type === "ai_response");
  if (end?.type !== "ai_response") throw new Error("the turn has not ended");
  const { usage, cost_usd, model } = end;
  const { messages } = await read(session_id);
  expect(messages.at(-1)).toMatchObject({ usage, cost_usd, model, stop_reason: "end_turn" });
  expect(messages.slice(0, -1).filter((message: object) => "usage" in message)).toEqual([]);
});
