/** Tests that every question that waits gets an answer or an error with a code when its conversation ends before. */
import { afterEach, expect, test } from "bun:test";
import { NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithCalls } from "../support/scripted-model.ts";

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
    model: createScriptedModel(() => replyWithCalls(["c", "create_order", { customer_id: 1, items: [] }])),
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
  expect(text).toMatch(/event: (error|done)/);
});
