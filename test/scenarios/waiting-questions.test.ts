/** Tests that every question that waits gets an answer or an error with a code when its conversation ends before. */
import { afterEach, expect, test } from "bun:test";
import { issueCookie } from "../support/browser-cookie.ts";
import { NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, USAGE } from "../support/scripted-model.ts";

const END = { type: "end", stopReason: "end_turn", usage: USAGE } as const;

let specchat: Specchat | undefined;

afterEach(() => specchat?.stop());

/** Starts with a model that never ends its reply. */
async function start(model = createScriptedModel(() => [new Promise(() => {})])): Promise<string> {
  specchat = await startSpecchat({ model });
  return specchat.url;
}

const post = (url: string, path: string, body: object) =>
  fetch(`${url}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const lastEvent = (text: string) => text.slice(text.lastIndexOf("event: ")).replaceAll("\r\n", "\n").trim();

test("Both requests of a session are answered when it is deleted.", async () => {
  const model = createScriptedModel(() => [new Promise(() => {})]);
  const url = await start(model);
  const { session_id } = (await (await post(url, "/api/v1/sessions", {})).json()) as { session_id: string };
  const first = post(url, "/api/v1/chat", { message: "one", session_id });
  while (model.requests.length === 0) await Bun.sleep(1);
  const second = post(url, "/api/v1/chat", { message: "two", session_id });
  await (await fetch(`${url}/api/v1/sessions/${session_id}`)).text();
  await fetch(`${url}/api/v1/sessions/${session_id}`, { method: "DELETE" });
  const answers = await Promise.all([first, second]);
  expect(answers.map(({ status }) => status)).toEqual([200, 499]);
});

test("A message that waits gets an error when the conversation is cleared, and when the server stops.", async () => {
  for (const end of ["clear", "stop"]) {
    const client = await NativeClient.connect(await start());
    client.send({ message: "one" });
    await client.waitFor("typing");
    client.send({ message: "two" });
    client.send({ type: "ping" });
    await client.waitFor("pong");
    if (end === "clear") client.send({ type: "clear" });
    else void specchat?.server.stop();
    expect(await client.waitFor("error")).toMatchObject({ code: end === "clear" ? "cancelled" : "stopping" });
    if (end === "stop") client.send({ type: "stop" });
    client.close();
    await specchat?.stop();
    specchat = undefined;
  }
});

test("A stream that waits for approval ends when its session is deleted.", async () => {
  specchat = await startSpecchat({
    model: createScriptedModel(() => replyWithCalls(["c", "list_products", {}])),
    argv: ["--approve", "all"],
  });
  const { url } = specchat;
  const response = await post(url, "/api/v1/chat/stream", { message: "go", session_id: "mine" });
  let text = "";
  let isDeleted = false;
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (isDeleted || !text.includes("approval_request")) continue;
    isDeleted = true;
    void fetch(`${url}/api/v1/sessions/mine`, { method: "DELETE" });
  }
  expect(lastEvent(text)).toBe('event: error\ndata: {"error":"Stopped."}');
});

test("A stream that waits for approval ends with an error at once when the server stops.", async () => {
  const model = createScriptedModel(() => replyWithCalls(["c", "list_products", {}]));
  specchat = await startSpecchat({ model, argv: ["--approve", "all", "--stop-grace", "1000"] });
  const { url, server } = specchat;
  const response = await post(url, "/api/v1/chat/stream", { message: "go", session_id: "mine" });
  let text = "";
  let stopped: Promise<void> | undefined;
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes("approval_request")) stopped ??= server.stop();
  }
  await stopped;
  expect(lastEvent(text)).toBe(
    'event: error\ndata: {"error":"The server is restarting. Please try again in a moment."}',
  );
  expect(specchat.log.filter((line) => line.includes("session failed"))).toEqual([]);
});

/** Sends a message of one session, and the path and body of each protocol whose clients name their session. */
const NAMED: readonly (readonly [string, string, (text: string) => object])[] = [
  ["langchain", "/api/v1/chat/stream", (message) => ({ message, session_id: "mine" })],
  ["langchain without a stream", "/api/v1/chat", (message) => ({ message, session_id: "mine" })],
  [
    "agent",
    "/api/agent/stream",
    (input_text) => ({ input_text, session_id: "mine", agent_id: "specchat", user_id: "u" }),
  ],
  [
    "ai-sdk",
    "/bedrock-chat/ai",
    (text) => ({ id: "mine", messages: [{ id: text, role: "user", parts: [{ type: "text", text }] }] }),
  ],
];

test.each(NAMED)(
  "%s: a message that waits for another one gets an error at once when the server stops.",
  async (_, path, bodyOf) => {
    const gate = Promise.withResolvers<void>();
    const model = createScriptedModel(() => [{ type: "text", text: "So far" }, gate.promise, END]);
    specchat = await startSpecchat({ model, argv: ["--stop-grace", "1000"] });
    const { url, server } = specchat;
    const headers = { "Content-Type": "application/json", Cookie: await issueCookie(url) };
    const send = (text: string) =>
      fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(bodyOf(text)) }).then(
        (response) => response.text(),
      );
    const first = send("one");
    while (model.requests.length === 0) await Bun.sleep(1);
    const second = send("two");
    // The second request is read before the third is answered.
    await (await fetch(`${url}/bedrock-chat/health`)).text();
    await Bun.sleep(20);
    const stopped = server.stop();
    expect(await second).toContain("The server is restarting. Please try again in a moment.");
    gate.resolve();
    expect(await first).toContain("So far");
    await stopped;
  },
);
