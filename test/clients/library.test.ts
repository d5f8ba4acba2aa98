/** specchat as a library: imported by its name, under the server of another application. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import OpenAI from "openai";
import {
  type AskOptions,
  type ChatEvent,
  ConfigError,
  createSpecchat,
  type SpecchatSettings,
} from "specchat";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { createBedrockAt, MODEL, NativeClient, type RecordingApi, startApi } from "../support/harness.ts";
import { startApplication } from "./example.ts";

type Application = Awaited<ReturnType<typeof startApplication>>;

let bedrock: StandIn;
let api: RecordingApi;
let folder: string;
let application: Application;
let log: string[];

async function start(settings: SpecchatSettings = {}): Promise<void> {
  application = await startApplication(
    { spec: api.spec, baseUrl: api.url, model: MODEL, dataDir: folder, ...settings },
    { write: (line) => log.push(line), ports: { model: createBedrockAt(bedrock.url) } },
  );
}

beforeEach(async () => {
  log = [];
  folder = await mkdtemp(`${tmpdir()}/specchat-library-`);
  bedrock = await startBedrock();
  api = await startApi();
});

afterEach(async () => {
  await application.stop();
  await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
});

const ask = (message: string, options?: AskOptions) =>
  Array.fromAsync(application.specchat.ask(message, options));
const kinds = (events: readonly ChatEvent[]) => events.map(({ type }) => type);
const text = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === "text_delta" ? event.text : "")).join("");

/** Returns the role and the number of blocks of each message in the n-th model request. */
const turns = (index: number) =>
  ((bedrock.requests[index]?.body.messages ?? []) as { role: string }[]).map(({ role }) => role);

test("The application's page, our page, WebSocket and protocols are served by one server.", async () => {
  await start();
  bedrock.script([{ text: "Hello." }, { text: "Hello again." }]);
  const { url } = application;
  expect(await (await fetch(url)).text()).toBe("The shop's own page");
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
  const page = await fetch(`${url}/bedrock-chat/ui`);
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const native = await NativeClient.connect(url);
  await native.next();
  expect((await native.runTurn("Hi")).at(-1)).toMatchObject({ type: "ai_response", message: "Hello." });
  native.close();
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "any" });
  const answer = await openai.chat.completions.create({
    model: MODEL,
    messages: [{ role: "user", content: "Hi" }],
  });
  expect(answer.choices[0]?.message.content).toBe("Hello again.");
  expect(log).toEqual([]);
});

test("A disconnect closes the connection to the model, also when the application wraps requests.", async () => {
  await start();
  bedrock.script([
    { text: ["So", " far"], beforeEvent: (index) => (index === 2 ? new Promise(() => {}) : undefined) },
  ]);
  const { specchat } = application;
  const host = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch({ url, method, headers, body }, server) {
      return specchat.fetch(new Request(url.replace("/assistant", ""), { method, headers, body }), server);
    },
    websocket: specchat.websocket,
  });
  const disconnect = new AbortController();
  const response = await fetch(`${host.url}assistant/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: MODEL, stream: true, messages: [{ role: "user", content: "Hi" }] }),
    signal: disconnect.signal,
  });
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? [])
    if (part.includes('"So"')) break;
  disconnect.abort();
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  await host.stop(true);
});

test("An in-process message yields the events of its turn.", async () => {
  await start();
  bedrock.script([{ calls: [{ name: "getThing", input: { id: "7" } }] }, { text: ["It is ", "thing 7."] }]);
  const events = await ask("What is thing 7?");
  expect(kinds(events)).toEqual([
    "turn_started",
    "call_started",
    "call_ended",
    "text_delta",
    "text_delta",
    "turn_ended",
  ]);
  expect(events.at(-1)).toMatchObject({ end: { outcome: "answered", text: "It is thing 7.", model: MODEL } });
  expect(api.requests).toEqual(["GET /things/7"]);
});

test("A named session continues for its caller, and for no other.", async () => {
  await start();
  bedrock.script(() => ({ text: "Yes." }));
  await ask("One", { session: "today", caller: "ada" });
  await ask("Two", { session: "today", caller: "ada" });
  await ask("One", { session: "today", caller: "bob" });
  await ask("One", { caller: "ada" });
  expect([0, 1, 2, 3].map(turns)).toEqual([["user"], ["user", "assistant", "user"], ["user"], ["user"]]);
});

describe("A call that needs approval", () => {
  const script = () =>
    bedrock.script([
      { calls: [{ name: "createThing", input: { body: { name: "box" } } }] },
      { text: "So be it." },
    ]);

  test("is made when the application approves it.", async () => {
    await start();
    script();
    const previews: unknown[] = [];
    const events = await ask("Make a box", {
      approve: async ({ calls }) => {
        previews.push(calls.map(({ preview }) => preview));
        return true;
      },
    });
    expect(previews).toEqual([[{ method: "POST", url: `${api.url}/things`, body: '{"name":"box"}' }]]);
    expect(kinds(events)).toEqual([
      "turn_started",
      "call_started",
      "turn_waiting",
      "call_ended",
      "text_delta",
      "turn_ended",
    ]);
    expect(api.requests).toEqual(['POST /things {"name":"box"}']);
  });

  test.each([
    ["the application says no", { approve: () => ({ approved: false, reason: "No boxes." }) }, "No boxes."],
    ["no approver is set", {}, "this client cannot ask"],
  ])("is not made when %s.", async (_name, options, reason) => {
    await start();
    script();
    const events = await ask("Make a box", options);
    expect(events.find(({ type }) => type === "call_ended")).toMatchObject({
      result: { status: "failed", content: expect.stringContaining(reason) },
    });
    expect(text(events)).toBe("So be it.");
    expect(api.requests).toEqual([]);
  });

  test("is not made when the turn is stopped instead, and the next message gets a reply.", async () => {
    await start();
    script();
    const stop = new AbortController();
    const events = await ask("Make a box", {
      session: "s",
      signal: stop.signal,
      approve: async () => {
        stop.abort();
        await Bun.sleep(0);
        return true;
      },
    });
    expect(events.at(-1)).toMatchObject({ type: "turn_ended", end: { stopReason: "stopped" } });
    expect(api.requests).toEqual([]);
    expect(text(await ask("And now?", { session: "s" }))).toBe("So be it.");
  });
});

test("Leaving the loop at a pending call stops the turn, and the next message gets a reply.", async () => {
  await start();
  bedrock.script([{ calls: [{ name: "createThing", input: { body: { name: "box" } } }] }, { text: "Yes?" }]);
  const approve = () => true;
  for await (const event of application.specchat.ask("Make a box", { session: "s", approve }))
    if (event.type === "turn_waiting") break;
  expect(text(await ask("Hello?", { session: "s" }))).toBe("Yes?");
  expect(api.requests).toEqual([]);
});

test("Leaving the loop or aborting closes the request to the model and stores the text so far.", async () => {
  await start();
  const never = new Promise<void>(() => {});
  bedrock.script((_request, index) => ({
    text: ["Once", " upon"],
    beforeEvent: (event) => (index < 2 && event === 2 ? never : undefined),
  }));
  for await (const event of application.specchat.ask("A story", { session: "s" }))
    if (event.type === "text_delta") break;
  expect(await bedrock.requests[0]?.outcome).toBe("disconnected");
  const stop = new AbortController();
  const events: ChatEvent[] = [];
  for await (const event of application.specchat.ask("A story", { session: "s", signal: stop.signal })) {
    events.push(event);
    if (event.type === "text_delta") stop.abort();
  }
  expect(await bedrock.requests[1]?.outcome).toBe("disconnected");
  expect(events.at(-1)).toMatchObject({ type: "turn_ended", end: { stopReason: "stopped", text: "Once" } });
  expect(text(await ask("Go on", { session: "s" }))).toBe("Once upon");
  expect(turns(2)).toEqual(["user", "assistant", "user", "assistant", "user"]);
});

test("Forwarded headers and cookies come from the user's request.", async () => {
  bedrock.script([{ calls: [{ name: "listThings", input: {} }] }, { text: "Two." }]);
  const received: (string | null)[] = [];
  await api.stop();
  api = await startApi((request) => {
    received.push(request.headers.get("x-tenant"));
    return Response.json([]);
  });
  await start({ forwardHeaders: ["X-Tenant"] });
  await ask("List them", { request: new Request("http://shop/", { headers: { "X-Tenant": "north" } }) });
  expect(received).toEqual(["north"]);
});

test("close() lets a running reply finish, closes sockets, and serves no more requests.", async () => {
  await start();
  const gate = Promise.withResolvers<void>();
  bedrock.script([
    { text: ["Once", " upon"], beforeEvent: (index) => (index === 2 ? gate.promise : undefined) },
  ]);
  const native = await NativeClient.connect(application.url);
  await native.next();
  const events = application.specchat.ask("A story");
  const read: ChatEvent[] = [];
  for (let next = await events.next(); !next.done; next = await events.next()) {
    read.push(next.value);
    if (next.value.type === "text_delta" && next.value.text === "Once") break;
  }
  const closed = application.specchat.close();
  await expect(ask("Another")).rejects.toMatchObject({ code: "stopping" });
  gate.resolve();
  for (let next = await events.next(); !next.done; next = await events.next()) read.push(next.value);
  expect(text(read)).toBe("Once upon");
  await closed;
  expect(await native.next()).toEqual({ type: "reconnect" });
  expect((await native.closed).code).toBe(1001);
  expect((await fetch(`${application.url}/health`)).status).toBe(503);
  await application.specchat.close();
});

test("close() waits for stateless turns.", async () => {
  await start();
  const gate = Promise.withResolvers<void>();
  bedrock.script([
    { text: ["Once", " upon"], beforeEvent: (index) => (index === 2 ? gate.promise : undefined) },
  ]);
  const openai = new OpenAI({ baseURL: `${application.url}/v1`, apiKey: "any" });
  const stream = await openai.chat.completions.create({
    model: MODEL,
    messages: [{ role: "user", content: "A story" }],
    stream: true,
  });
  const read: string[] = [];
  let closed: Promise<void> | undefined;
  for await (const { choices } of stream) {
    read.push(choices[0]?.delta.content ?? "");
    if (read.at(-1) !== "Once") continue;
    closed = application.specchat.close();
    const health = await fetch(`${application.url}/bedrock-chat/health`);
    expect(await health.json()).toMatchObject({ problem: "The server is stopping." });
    gate.resolve();
  }
  await closed;
  expect(read.join("")).toBe("Once upon");
});

test("Each invalid setting is reported under the name that the application used.", async () => {
  await start();
  const settings = { temperature: 7, maxTokns: 5, models: [{}], enableUi: "perhaps" };
  const error = await createSpecchat(settings as unknown as SpecchatSettings).catch(
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).errors).toEqual([
    "createSpecchat: unknown setting maxTokns (did you mean maxTokens?)",
    "createSpecchat: models must be a string, a number, true, false or a list",
    'temperature: "7" from createSpecchat temperature is not a number from 0 to 1',
    'enableUi: "perhaps" from createSpecchat enableUi is not true or false',
  ]);
  await expect(createSpecchat({ spec: `${folder}/none.yaml` })).rejects.toThrow("none.yaml");
});

test("The process environment is ignored unless it is passed in.", async () => {
  await start();
  const environment = { SPECCHAT_TEMPERATURE: "9" };
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/example.ts`], {
    cwd: folder,
    env: { ...environment, HOME: folder },
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  // The process exits by itself: nothing keeps it open after close().
  expect([await child.exited, err]).toEqual([0, ""]);
  expect(out).toContain("| ");
  await expect(createSpecchat({}, { environment })).rejects.toThrow("SPECCHAT_TEMPERATURE");
});
