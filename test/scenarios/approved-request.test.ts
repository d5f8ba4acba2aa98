/** Tests that the request that a person was shown is the one that is sent: documents and tools that change, hidden parts of a call. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createMcpHandler, Server, type Tool } from "@modelcontextprotocol/server";
import { commands } from "../../src/commands/index.ts";
import type { Command } from "../../src/commands/types.ts";
import { loadConfig } from "../../src/config/load.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { connect as connectMcp, createHttpTransport, REVISIONS } from "../protocols/mcp/client.ts";
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

let folder: string;
let bedrock: StandIn;
let api: RecordingApi;
let headers: Headers[];
let specchat: Specchat | undefined;
let toStop: (() => unknown)[];

beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-approved-`);
  [headers, toStop] = [[], []];
  bedrock = await startBedrock();
  api = await startApi((request) => {
    headers.push(request.headers);
    return Response.json({ ok: true });
  });
});

afterEach(async () => {
  await specchat?.stop();
  specchat = undefined;
  for (const stop of toStop) await stop();
  await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
});

type Operations = Readonly<Record<string, unknown>>;

const id = { name: "id", in: "path", required: true, schema: { type: "integer" } };
const confirms = {
  operationId: "confirm_order",
  summary: "Confirms an order",
  parameters: [id],
  responses: {},
};
const lists = { operationId: "list_orders", responses: {} };
const CONFIRM: Operations = { "/orders": { get: lists }, "/orders/{id}/confirm": { post: confirms } };

/** Writes the document of the API. */
async function write(paths: Operations, more: object = {}): Promise<void> {
  const document = { openapi: "3.1.0", info: { title: "Shop", version: "1" }, paths, ...more };
  await Bun.write(`${folder}/spec.json`, JSON.stringify(document));
}

const settings = (...argv: string[]) => [
  ...["--spec", `${folder}/spec.json`, "--base-url", api.url, "--model", MODEL, ...argv],
];

async function start(...argv: string[]): Promise<Specchat> {
  specchat = await startSpecchat({ argv: settings(...argv), model: createBedrockAt(bedrock.url) });
  return specchat;
}

async function connect(): Promise<NativeClient> {
  const client = await NativeClient.connect(specchat?.url ?? "");
  toStop.push(() => client.close());
  client.send({ type: "hello", capabilities: ["approval"] });
  await client.waitFor("connection_established");
  return client;
}

/** Sends a message whose turn makes a call, and returns the question. */
async function question(client: NativeClient, name: string, input: object) {
  bedrock.script([{ calls: [{ name, input: { ...input }, id: crypto.randomUUID() }] }, { text: "Done." }]);
  client.send({ message: "go" });
  return await client.waitFor("approval_request");
}

function allow(client: NativeClient, approvalId: string, scope: "once" | "session" = "once"): void {
  client.send({ type: "approve", approval_id: approvalId, approved: true, scope });
}

const requestsIn = ({ tool_calls }: Awaited<ReturnType<typeof question>>) =>
  tool_calls.map(({ request }) => request);

const logged = (text: string) => (specchat?.log ?? []).filter((line) => line.includes(text));

describe("a document that changes while a call waits", () => {
  const changes: readonly (readonly [string, () => Promise<void>, object])[] = [
    [
      "another method and path",
      () => write({ "/orders/{id}": { delete: { ...confirms, parameters: [id, AMOUNT_QUERY] } } }),
      { method: "DELETE", url: "/orders/7?amount=5" },
    ],
    [
      "a method that needs no approval",
      () => write({ "/orders/{id}/confirm": { get: { ...confirms, parameters: [id, AMOUNT_QUERY] } } }),
      { method: "GET", url: "/orders/7/confirm?amount=5" },
    ],
    [
      "another place of an argument",
      () => write({ "/orders/{id}/confirm": { post: { ...confirms, parameters: [id, AMOUNT_HEADER] } } }),
      { method: "POST", url: "/orders/7/confirm", headers: { amount: "5" } },
    ],
    [
      "another media type",
      () =>
        write({
          "/orders/{id}/confirm": {
            post: {
              ...confirms,
              requestBody: {
                content: {
                  "application/x-www-form-urlencoded": {
                    schema: { type: "object", properties: { amount: { type: "integer" } } },
                  },
                },
              },
            },
          },
        }),
      {
        method: "POST",
        url: "/orders/7/confirm",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: "amount=5",
      },
    ],
  ];
  const AMOUNT_HEADER = { name: "amount", in: "header", schema: { type: "integer" } };
  const AMOUNT_QUERY = { name: "amount", in: "query", schema: { type: "integer" } };

  test.each(changes)("asks again: %s.", async (_change, change, expected) => {
    await write({ "/orders/{id}/confirm": { post: { ...confirms, parameters: [id, AMOUNT_QUERY] } } });
    await start();
    const client = await connect();
    const input = { id: 7, amount: 5 };
    const shown = await question(client, "confirm_order", input);
    await change();
    await specchat?.app.apis.reload();
    allow(client, shown.approval_id);
    const frame = await client.waitFor("approval_request", "ai_response");
    const asked = frame.type === "approval_request" ? requestsIn(frame) : [];
    expect([asked, api.requests]).toEqual([
      [expect.objectContaining({ ...expected, url: `${api.url}${(expected as { url: string }).url}` })],
      [],
    ]);
  });

  test("sends nothing for an operation that is gone, and the model reads why.", async () => {
    await write(CONFIRM);
    await start();
    const client = await connect();
    const shown = await question(client, "confirm_order", { id: 7 });
    await write({ "/orders": { get: lists } });
    await specchat?.app.apis.reload();
    allow(client, shown.approval_id);
    const result = await client.waitFor("tool_result");
    expect([result.status, result.result, api.requests]).toEqual([
      "failed",
      expect.stringContaining("Unknown tool"),
      [],
    ]);
  });

  test("ends what was allowed for the conversation when the operation changes, with a line in the log.", async () => {
    await write(CONFIRM);
    await start();
    const client = await connect();
    const first = await question(client, "confirm_order", { id: 1 });
    allow(client, first.approval_id, "session");
    await client.waitFor("ai_response");
    // Another operation changes: the permission stays.
    await write({ ...CONFIRM, "/orders": { get: { ...lists, summary: "All" }, post: { responses: {} } } });
    await specchat?.app.apis.reload();
    bedrock.script([{ calls: [{ name: "confirm_order", input: { id: 2 }, id: "b" }] }, { text: "Two." }]);
    client.send({ message: "again" });
    expect((await client.waitFor("ai_response", "approval_request")).type).toBe("ai_response");
    await write({ ...CONFIRM, "/orders/{id}/confirm": { post: { ...confirms, parameters: [id, DRY_RUN] } } });
    await specchat?.app.apis.reload();
    const again = await question(client, "confirm_order", { id: 3 });
    expect(requestsIn(again)).toEqual([{ method: "POST", url: `${api.url}/orders/3/confirm` }]);
    expect(api.requests).toEqual(["POST /orders/1/confirm", "POST /orders/2/confirm"]);
    expect(logged("tools changed").length).toBe(2);
    expect(logged("allowed for the conversation")).toEqual([expect.stringContaining("tool=confirm_order")]);
  });
  const DRY_RUN = { name: "force", in: "query", schema: { type: "boolean" } };

  test("asks again after a restart with an overlay or another base path.", async () => {
    await write(CONFIRM);
    const store = ["--data-dir", `${folder}/data`];
    await start(...store);
    const client = await connect();
    const shown = await question(client, "confirm_order", { id: 7 });
    const session = client.frames.flatMap((frame) =>
      frame.type === "connection_established" ? [frame.session_id] : [],
    )[0];
    await specchat?.stop();
    const overlay = {
      overlay: "1.0.0",
      info: { title: "O", version: "1" },
      actions: [
        {
          target: "$.paths['/orders/{id}/confirm'].post.parameters",
          update: { name: "notify", in: "header", schema: { type: "string", const: "all" } },
        },
      ],
    };
    await Bun.write(`${folder}/overlay.json`, JSON.stringify(overlay));
    await start(...store, "--overlay", `${folder}/overlay.json`, "--base-url", `${api.url}/v2`);
    const next = await connect();
    next.send({ type: "resume", session_id: session, last_seq: 0 });
    await next.waitFor("connection_established");
    allow(next, shown.approval_id);
    let again = await next.waitFor("approval_request");
    if (again.approval_id === shown.approval_id) again = await next.waitFor("approval_request");
    expect([requestsIn(again), api.requests]).toEqual([
      [{ method: "POST", url: `${api.url}/v2/orders/7/confirm` }],
      [],
    ]);
  });

  test.each(REVISIONS)("asks an MCP client of %s again.", async (revision) => {
    await write(CONFIRM);
    await start();
    const questions: string[] = [];
    const client = await openMcp(revision, async (message) => {
      questions.push(message);
      if (questions.length > 1) return "decline";
      await write({ "/orders/{id}/confirm": { get: confirms } });
      await specchat?.app.apis.reload();
      return "accept";
    });
    await client.callTool({ name: "confirm_order", arguments: { id: 7 } });
    expect([questions, api.requests]).toEqual([
      ["POST", "GET"].map((method) => `Allow this call?\n${method} ${api.url}/orders/7/confirm`),
      [],
    ]);
  });
});

/** Opens an MCP client that answers questions. */
async function openMcp(
  revision: (typeof REVISIONS)[number],
  answer: (message: string) => Promise<"accept" | "decline">,
) {
  const options = { revision, onElicit: () => "cancel" as const };
  const client = await connectMcp(createHttpTransport(specchat?.url ?? ""), options);
  client.setRequestHandler("elicitation/create", async ({ params }) => ({
    action: await answer(params.message),
    content: {},
  }));
  toStop.push(() => client.close());
  return client;
}

describe("a tool of an MCP server", () => {
  let offered: Tool[];
  let calls: string[];
  let notify: () => void;

  const WIPE: Tool = {
    name: "wipe",
    description: "Wipes the table.",
    inputSchema: { type: "object", properties: { table: { type: "string" } } },
  };

  /** Starts with an MCP server that offers `offered`. */
  async function startWithTools(...tools: Tool[]): Promise<void> {
    [offered, calls] = [tools, []];
    const handler = createMcpHandler(() => {
      const server = new Server(
        { name: "raw", version: "1" },
        { capabilities: { tools: { listChanged: true } } },
      );
      server.setRequestHandler("tools/list", () => ({ tools: offered }));
      server.setRequestHandler("tools/call", ({ params }) => {
        calls.push(`${params.name} ${JSON.stringify(params.arguments)}`);
        return { content: [{ type: "text", text: "done" }] };
      });
      return server;
    });
    notify = () => handler.notify.toolsChanged();
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => handler.fetch(request) });
    toStop.push(
      () => handler.close(),
      () => server.stop(true),
    );
    await write(CONFIRM);
    await start("--mcp", `raw=http://127.0.0.1:${server.port}/mcp`);
  }

  /** Offers another list, and resolves when it is in use. */
  async function offer(...tools: Tool[]): Promise<void> {
    const changed = new Promise<void>((resolve) => specchat?.app.apis.onChange(() => resolve()));
    offered = tools;
    notify();
    await changed;
  }

  async function allowForConversation(client: NativeClient): Promise<void> {
    const { approval_id } = await question(client, "raw_wipe", { table: "a" });
    allow(client, approval_id, "session");
    await client.waitFor("ai_response");
  }

  /** Calls the tool, and returns whether a person was asked. */
  async function isAsked(client: NativeClient): Promise<boolean> {
    bedrock.script([
      { calls: [{ name: "raw_wipe", input: { table: "b" }, id: crypto.randomUUID() }] },
      { text: "." },
    ]);
    client.send({ message: "again" });
    return (await client.waitFor("approval_request", "ai_response")).type === "approval_request";
  }

  const changes: readonly (readonly [string, Partial<Tool>])[] = [
    ["description", { description: "Wipes everything." }],
    ["a description behind its first 2000 characters", { description: `${"d".repeat(2500)}.` }],
    ["schema", { inputSchema: { type: "object", properties: { table: {}, all: { type: "boolean" } } } }],
    ["hints", { annotations: { destructiveHint: true } }],
    ["a hint that it changes nothing", { annotations: { readOnlyHint: true } }],
  ];

  test.each(changes)("needs a new approval when its server changes its %s.", async (_name, change) => {
    const before = change.description?.startsWith("d") ? { ...WIPE, description: "d".repeat(2500) } : WIPE;
    await startWithTools(before);
    const client = await connect();
    await allowForConversation(client);
    await offer({ ...before, ...change });
    expect(await isAsked(client)).toBe(true);
    expect(calls).toEqual(['wipe {"table":"a"}']);
    expect(logged("tools changed")).toEqual([
      expect.stringMatching(/source="MCP server raw" tools=raw_wipe/),
    ]);
  });

  test("stays allowed when the list comes again with the same tool, in another order of fields.", async () => {
    await startWithTools(WIPE);
    const client = await connect();
    await allowForConversation(client);
    const { name, description, inputSchema } = WIPE;
    await offer(
      { inputSchema: { properties: inputSchema.properties ?? {}, type: "object" }, description, name },
      {
        ...WIPE,
        name: "other",
      },
    );
    expect(await isAsked(client)).toBe(false);
    expect(calls).toEqual(['wipe {"table":"a"}', 'wipe {"table":"b"}']);
  });

  test("is asked about again when it changes while the question waits.", async () => {
    await startWithTools(WIPE);
    const client = await connect();
    const shown = await question(client, "raw_wipe", { table: "a" });
    await offer({ ...WIPE, annotations: { readOnlyHint: true } });
    allow(client, shown.approval_id);
    expect((await client.waitFor("approval_request", "ai_response")).type).toBe("approval_request");
    expect(calls).toEqual([]);
  });

  test("is not read-only by a hint that it did not have at first, also after it was gone.", async () => {
    await startWithTools(WIPE);
    const client = await connect();
    await offer({ ...WIPE, name: "other" });
    await offer({ ...WIPE, annotations: { readOnlyHint: true } });
    expect(await isAsked(client)).toBe(true);
    expect(calls).toEqual([]);
  });
});

/** A right-to-left override, a zero-width space, a tag letter, a bell and a C1 control. */
const HIDDEN = "a\u202eb\u200bc\u{e0041}d\u0007e\u009bf";
const SHOWN = "a\\u202eb\\u200bc\\udb40\\udc41d\\u0007e\\u009bf";

describe("a question", () => {
  const pay = (content: object) => ({
    "/pay": {
      post: {
        operationId: "pay",
        parameters: [
          { name: "X-Amount", in: "header", schema: { type: "integer" } },
          { name: "account", in: "cookie", schema: { type: "string" } },
        ],
        requestBody: { content },
        security: [{ key: [] }],
        responses: {},
      },
    },
  });
  const KEY = { components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Key" } } } };
  const CREDENTIAL = ["--api-credential", "key: s3cret"];
  const fields = (properties: object) => ({ schema: { type: "object", properties } });
  const text = { type: "string" };

  test("has every argument: headers and cookies with masked credentials, and a body of any length.", async () => {
    await write(pay({ "application/json": fields({ to: text, note: text, last: text }) }), KEY);
    await start(...CREDENTIAL);
    const client = await connect();
    const note = " ".repeat(20_100);
    const input = { "X-Amount": 5, account: "main", to: "me", note, last: "all" };
    const shown = await question(client, "pay", input);
    expect(requestsIn(shown)).toEqual([
      {
        method: "POST",
        url: `${api.url}/pay`,
        headers: { "X-Amount": "5", "X-Key": "***", Cookie: "account=main" },
        body: JSON.stringify({ to: "me", note, last: "all" }),
      },
    ]);
    allow(client, shown.approval_id);
    await client.waitFor("ai_response");
    expect(["x-amount", "x-key", "cookie"].map((name) => headers[0]?.get(name))).toEqual([
      "5",
      "s3cret",
      "account=main",
    ]);
  });

  const bodies: readonly (readonly [string, object, unknown, string])[] = [
    ["text/plain", { schema: text }, `hello\n${HIDDEN}`, `hello\n${SHOWN}`],
    ["text/plain; charset=iso-8859-1", { schema: text }, "caf\u00e9 \u0085", "caf\u00e9 \\u0085"],
    ["application/x-www-form-urlencoded", fields({ to: text }), { to: "a b" }, "to=a+b"],
    [
      "multipart/form-data",
      fields({ to: text, file: { type: "string", format: "binary" } }),
      { to: "me", file: "data:text/csv;name=a.csv;base64,YSxi" },
      "to: me\nfile (a.csv; text/csv): a,b",
    ],
    [
      "application/octet-stream",
      { schema: { type: "string", format: "binary" } },
      "data:application/octet-stream;base64,/wAB",
      "base64 /wAB",
    ],
    [
      "application/json",
      fields({ to: text }),
      { to: HIDDEN },
      `{"to":"${SHOWN.replace("\\u0007", "\\u0007")}"}`,
    ],
  ];

  test.each(bodies)("shows a body of %s.", async (mediaType, content, value, expected) => {
    await write(pay({ [mediaType]: content }));
    await start();
    const client = await connect();
    const input = typeof value === "string" ? { body: value } : (value as object);
    const shown = await question(client, "pay", input);
    expect(requestsIn(shown).map((request) => request?.body)).toEqual([expected]);
  });

  test("shows the exact request in every client, what nobody can see as escapes, and the API receives it as it was.", async () => {
    await write(pay({ "application/json": fields({ to: text, last: text }) }), KEY);
    await start(...CREDENTIAL);
    const input = { "X-Amount": 5, account: HIDDEN, to: HIDDEN + " ".repeat(20_100), last: "all" };
    const request = {
      method: "POST",
      url: `${api.url}/pay`,
      headers: { "X-Amount": "5", "X-Key": "***", Cookie: expect.stringMatching(/^account=\S+$/) },
      body: `{"to":"${SHOWN}${" ".repeat(20_100)}","last":"all"}`,
    };
    const client = await connect();
    const shown = await question(client, "pay", input);
    expect(requestsIn(shown)).toEqual([request]);
    const texts: string[] = await askInTerminal(input);
    expect(await askLangchain(input)).toEqual([request, request, request]);
    expect([...(await askAgUi(input)), ...(await askAiSdk(input))]).toEqual([request, request]);
    const mcp = await openMcp("2025-11-25", async (message) => {
      texts.push(message);
      return "decline";
    });
    await mcp.callTool({ name: "pay", arguments: input });
    const { Cookie } = requestsIn(shown)[0]?.headers ?? {};
    const lines = [
      "POST ".concat(request.url),
      "X-Amount: 5",
      "X-Key: ***",
      `Cookie: ${Cookie}`,
      request.body,
    ];
    const isShown = lines.map((line) => texts.map((question) => question.includes(line)));
    expect(isShown).toEqual(lines.map(() => [true, true]));
    allow(client, shown.approval_id);
    await client.waitFor("ai_response");
    expect(api.requests).toEqual([`POST /pay ${JSON.stringify({ to: input.to, last: "all" })}`]);
  });

  /** Sends a message whose turn asks to pay. */
  async function postPay(path: string, input: object, body: object): Promise<Response> {
    bedrock.script([
      { calls: [{ name: "pay", input: { ...input }, id: crypto.randomUUID() }] },
      { text: "." },
    ]);
    return fetch(`${specchat?.url}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  async function askInTerminal(input: object): Promise<string[]> {
    const questions: string[] = [];
    bedrock.script([{ calls: [{ name: "pay", input: { ...input }, id: "t" }] }, { text: "." }]);
    await run(commands.ask, ["ask", "go", ...CREDENTIAL], (text) => void questions.push(text));
    return questions;
  }

  /** Returns the request in the event, in the list of pending approvals and in the approval. */
  async function askLangchain(input: object): Promise<unknown[]> {
    const response = await postPay("/api/v1/chat/stream", input, { message: "go", session_id: "s" });
    let received = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      received += chunk;
      const [, data] = /event: approval_request\r\ndata: (.*)\r\n/.exec(received) ?? [];
      if (data === undefined) continue;
      const event = JSON.parse(data) as { approval_id: string };
      const address = `${specchat?.url}/api/v1/approvals`;
      const pending = await (await fetch(`${address}/pending?session_id=s`)).json();
      const one = await (await fetch(`${address}/${event.approval_id}`)).json();
      return [event, ...(pending as object[]), one].map(
        (approval) => (approval as { request: unknown }).request,
      );
    }
    return [];
  }

  async function askAgUi(input: object): Promise<unknown[]> {
    const response = await postPay("/bedrock-chat/ag-ui", input, {
      threadId: "t",
      runId: "r",
      protocolVersion: "1.0",
      messages: [{ role: "user", id: "m", content: "go" }],
    });
    const [, end = "{}"] = /data: (.*RUN_FINISHED.*)/.exec(await response.text()) ?? [];
    const { outcome } = JSON.parse(end) as { outcome: { interrupts: { metadata: { request: unknown } }[] } };
    return outcome.interrupts.map(({ metadata }) => metadata.request);
  }

  async function askAiSdk(input: object): Promise<unknown[]> {
    const messages = [{ id: "m", role: "user", parts: [{ type: "text", text: "go" }] }];
    const response = await postPay("/bedrock-chat/ai", input, { id: "chat", messages });
    const [, frame = "{}"] = /data: (.*tool-approval-request.*)/.exec(await response.text()) ?? [];
    const { approvalDescriptor } = JSON.parse(frame) as { approvalDescriptor?: { request: unknown } };
    return [approvalDescriptor?.request];
  }
});

/** Runs a command, and returns what it prints to standard output and standard error. */
async function run(
  command: Command,
  argv: readonly string[],
  onQuestion?: (text: string) => void,
): Promise<string> {
  const loaded = loadConfig({
    argv: [...argv, ...settings()],
    environment: {},
    readFile: () => undefined,
    commands: { [argv[0] ?? ""]: command.spec },
  });
  let printed = "";
  const print = (text: string) => {
    printed += text;
  };
  await command.run({
    loaded,
    terminal: {
      out: print,
      err: print,
      flush: async () => {},
      prompt:
        onQuestion &&
        (async (text) => {
          onQuestion(text);
          return "n";
        }),
    },
    ports: { ...testPorts(), model: createBedrockAt(bedrock.url) },
    useDemoModel: false,
    onReload: () => {},
    stop: new AbortController().signal,
  });
  return printed;
}

describe("a terminal", () => {
  const TITLE = "\u001b]0;owned\u0007\u009b31m";
  const ESCAPED = "\\u001b]0;owned\\u0007\\u009b31m";

  test("receives no control characters of a model: text, names and arguments of calls, and JSON.", async () => {
    await write(CONFIRM);
    const turn = [
      { text: `Hi${TITLE}\r\n\tthere`, calls: [{ name: `list${TITLE}`, input: { q: TITLE }, id: "x" }] },
      { text: "Done." },
    ];
    bedrock.script([...turn, ...turn]);
    const text = await run(commands.ask, ["ask", "go"]);
    const json = await run(commands.ask, ["ask", "go", "--json"]);
    expect([CONTROLS.test(text), CONTROLS.test(json)]).toEqual([false, false]);
    expect(text).toContain(`Hi${ESCAPED}\n\tthere`);
    const texts = json
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; text?: string })
      .flatMap(({ type, text = "" }) => (type === "text_delta" ? [text] : []));
    expect(texts.join("")).toContain(`Hi${TITLE}\r\n\tthere`);
  });

  test("receives no control characters of a document or a response.", async () => {
    await write({
      "/orders": { get: { ...lists, description: TITLE } },
      [`/x${TITLE}`]: { get: { responses: {} } },
    });
    await api.stop();
    api = await startApi(() => new Response(TITLE, { headers: { "X-Note": "caf\u0085" } }));
    const printed = await Promise.all([
      run(commands.tools, ["tools"]),
      run(commands.tools, ["tools", "--json"]),
      run(commands.call, ["call", "list_orders"]),
    ]);
    expect(printed.map((text) => CONTROLS.test(text))).toEqual([false, false, false]);
    expect(JSON.parse(printed[2] ?? "")).toMatchObject({ body: TITLE });
  });

  const CONTROLS = /(?![\n\t])\p{Cc}/u;
});
