import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
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
} from "../support/scripted-model.ts";
import { type Span, startCollector } from "./collector.ts";
import { findConventionViolations } from "./conventions.ts";

let api: RecordingApi;
let other: ReturnType<typeof Bun.serve>;
let collector: ReturnType<typeof startCollector>;
let specchat: Specchat;
/** The `traceparent` of each request to the API, and to the host of redirects. */
const received: { api: (string | null)[]; other: (string | null)[] } = { api: [], other: [] };

beforeAll(async () => {
  other = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      received.other.push(request.headers.get("traceparent"));
      return Response.json({ moved: true });
    },
  });
  api = await startApi((request) => {
    received.api.push(request.headers.get("traceparent"));
    const id = new URL(request.url).pathname.split("/")[2];
    if (id === "moved") return Response.redirect(`http://127.0.0.1:${other.port}/things`, 302);
    return id === "404"
      ? Response.json({ message: "no such thing" }, { status: 404 })
      : Response.json({ id });
  });
});
afterEach(async () => {
  await specchat.stop();
  await collector.stop();
  received.api = [];
  received.other = [];
});
afterAll(() => Promise.all([api.stop(), other.stop(true)]));

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const calls = (id: string) => replyWithCalls(["c1", "getThing", { id }]);

/** Starts a server that traces to the collector, or one without traces. */
async function start(script: readonly Script[], argv: readonly string[] | "off" = []): Promise<void> {
  collector = startCollector();
  const tracing = argv === "off" ? [] : ["--phoenix-endpoint", collector.url, ...argv];
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--approve", "writes", ...tracing],
    model: { ...createScriptedModel(script), cost: () => 0.25 },
  });
}

/** Sends a message over HTTP. */
async function ask(message: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  const body = JSON.stringify({ message });
  const response = await fetch(`${specchat.url}/api/v1/chat`, { method: "POST", body, headers });
  await response.text();
}

/** Ends the server, which exports what is queued. */
async function readSpans(): Promise<readonly Span[]> {
  await specchat.app.traces?.close();
  return collector.spans;
}

const tree = (spans: readonly Span[]) =>
  spans.map(({ name, parentId }) => [
    name,
    spans.find(({ spanId }) => spanId === parentId)?.name ?? parentId,
  ]);

test("A turn is one trace: the model and tool calls below the turn, and that below the client.", async () => {
  await start([calls("5"), calls("404"), replyWithText("secret answer")]);
  await ask("secret question", { traceparent: `00-${TRACE}-${PARENT}-01` });
  const spans = await readSpans();
  const chat = `chat ${specchat.app.modelId}`;
  expect(tree(spans)).toEqual([
    [chat, "invoke_agent specchat"],
    ["execute_tool getThing", "invoke_agent specchat"],
    [chat, "invoke_agent specchat"],
    ["execute_tool getThing", "invoke_agent specchat"],
    [chat, "invoke_agent specchat"],
    ["invoke_agent specchat", PARENT],
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  expect(spans.flatMap((span) => findConventionViolations(span, false))).toEqual([]);
  expect(spans.map(({ status }) => status)).toEqual([0, 0, 0, 2, 0, 0]);
  expect(JSON.stringify(spans)).not.toContain("secret");
  const tools = spans.filter(({ name }) => name.startsWith("execute_tool"));
  expect(received.api).toEqual(tools.map(({ spanId }) => `00-${TRACE}-${spanId}-01`));
});

test("`--trace-content` adds messages, arguments and results in the form of the conventions.", async () => {
  await start([calls("5"), replyWithText("secret answer")], ["--trace-content"]);
  await ask("secret question");
  const spans = await readSpans();
  expect(spans.flatMap((span) => findConventionViolations(span, true))).toEqual([]);
  const [first, tool, second, turn] = spans.map(({ attributes }) => attributes);
  const question = { role: "user", parts: [{ type: "text", content: "secret question" }] };
  const call = { type: "tool_call", id: "c1", name: "getThing", arguments: { id: "5" } };
  const result = { type: "tool_call_response", id: "c1", response: expect.stringContaining('"id":"5"') };
  const parse = (text: unknown) => JSON.parse(String(text));
  expect(parse(first?.["gen_ai.output.messages"])).toEqual([
    { role: "assistant", parts: [call], finish_reason: "tool_call" },
  ]);
  expect(parse(second?.["gen_ai.input.messages"])).toEqual([
    question,
    { role: "assistant", parts: [call] },
    { role: "tool", parts: [result] },
  ]);
  expect(parse(tool?.["gen_ai.tool.call.arguments"])).toEqual({ id: "5" });
  expect(turn).toMatchObject({ "input.value": "secret question", "output.value": "secret answer" });
});

test("A turn that waits for an approval ends its span, and goes on with another.", async () => {
  const script = [replyWithCalls(["c1", "createThing", { name: "x" }]), replyWithText("Made.")];
  await start(script);
  const client = await NativeClient.connect(specchat.url, { traceparent: `00-${TRACE}-${PARENT}-01` });
  client.send({ type: "hello", capabilities: ["approval"] });
  client.send({ message: "make one" });
  const { approval_id } = await client.waitFor("approval_request");
  client.send({ type: "approve", approval_id, approved: true });
  await client.waitFor("ai_response");
  client.close();
  const spans = await readSpans();
  expect(tree(spans)).toEqual([
    [`chat ${specchat.app.modelId}`, "invoke_agent specchat"],
    ["invoke_agent specchat", PARENT],
    ["execute_tool createThing", "invoke_agent specchat"],
    [`chat ${specchat.app.modelId}`, "invoke_agent specchat"],
    ["invoke_agent specchat", PARENT],
  ]);
  expect(spans[1]?.attributes["gen_ai.response.finish_reasons"]).toEqual(["waiting_for_approval"]);
  expect(spans.flatMap((span) => findConventionViolations(span, false))).toEqual([]);
});

test("`--trace-sample 0` exports only traces that the client samples; the API learns which.", async () => {
  await start([calls("5"), replyWithText("a"), calls("5"), replyWithText("b")], ["--trace-sample", "0"]);
  await ask("first");
  await ask("second", { traceparent: `00-${TRACE}-${PARENT}-01` });
  const spans = await readSpans();
  expect(spans).toHaveLength(4);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  expect(received.api).toEqual([
    expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/),
    expect.stringMatching(new RegExp(`^00-${TRACE}-[\\da-f]{16}-01$`)),
  ]);
});

test("A redirect to another host gets no trace, and without traces the client's own header is passed on.", async () => {
  const host = `127.0.0.1:${other.port}`;
  await start([calls("moved"), replyWithText("a")], ["--allow-hosts", host]);
  await ask("go");
  expect([received.api.length, received.other]).toEqual([1, [null]]);
  await specchat.stop();
  await collector.stop();
  received.api = [];
  await start([calls("5"), replyWithText("a"), calls("5"), replyWithText("b")], "off");
  await ask("one", { traceparent: `00-${TRACE}-${PARENT}-00` });
  await ask("two", { traceparent: "00-zz-invalid" });
  expect([received.api, collector.spans]).toEqual([[`00-${TRACE}-${PARENT}-00`, null], []]);
});

test("The collector gets the headers of `--trace-headers`, which no log line and no span has.", async () => {
  await start([replyWithText("a")], ["--trace-headers", "Authorization=Basic%20cGs6c2VjcmV0,X-Project=shop"]);
  await ask("hi");
  const spans = await readSpans();
  expect(collector.headers[0]).toMatchObject({ authorization: "Basic cGs6c2VjcmV0", "x-project": "shop" });
  expect(JSON.stringify([specchat.log, spans])).not.toContain("cGs6c2VjcmV0");
});
