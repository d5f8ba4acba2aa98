/** Tests the tools of MCP servers end to end, with the official SDK's servers and the Bedrock stand-in. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import {
  createMcpHandler,
  Server,
  type Tool,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { Ports } from "../../../src/context.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { type StandIn, startBedrock } from "../../bedrock/index.ts";
import { createPatientBedrock } from "../../model/bedrock/front-door.ts";
import {
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../../support/harness.ts";
import { createNotesServer, type Notes, PIXEL } from "./notes-server.ts";

const script = `${import.meta.dir}/notes-server.ts`;
let folder: string;
let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat | undefined;
let client: NativeClient | undefined;
let log: string[];
let toStop: (() => unknown)[];

beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-mcp-`);
  [log, toStop] = [[], []];
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
});

afterEach(async () => {
  client?.close();
  await specchat?.stop();
  [client, specchat] = [undefined, undefined];
  for (const stop of toStop) await stop();
  await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
});

interface NotesEndpoint {
  readonly url: string;
  readonly notes: Notes;
  readonly requests: { readonly headers: Headers; readonly body: string }[];
  readonly handler: ReturnType<typeof createMcpHandler>;
  stop(): Promise<void>;
}

/** Serves the notes over HTTP in this process. */
function serve(names: string[], port = 0, hang: Notes["hang"] = () => new Promise(() => {})): NotesEndpoint {
  const notes: Notes = { names, writtenNotes: [], hang };
  const handler = createMcpHandler(createNotesServer(notes));
  const requests: NotesEndpoint["requests"] = [];
  const server = Bun.serve({
    port,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      requests.push({ headers: request.headers, body: await request.clone().text() });
      return await handler.fetch(request);
    },
  });
  const stop = async () => {
    await handler.close();
    await server.stop(true);
  };
  toStop.push(stop);
  return { url: `http://127.0.0.1:${server.port}/mcp`, notes, requests, handler, stop };
}

/** Returns the value of `--mcp` that runs the notes server as a process. */
function commandFor(...names: string[]): string {
  return [process.execPath, script, ...names].join(" ");
}

async function start(argv: readonly string[], ports: Partial<Ports> = {}): Promise<Specchat> {
  specchat = await startSpecchat({
    argv: [
      ...["--spec", api.spec, "--base-url", api.url, "--model", MODEL, "--no-summarize"],
      ...["--forward-headers", "Authorization", ...argv],
    ],
    model: createPatientBedrock(bedrock.url),
    ports: {
      log: createLog({ level: "debug", now: () => new Date(), write: (line) => log.push(line) }),
      environment: { PATH: process.env.PATH ?? "", HOME: folder },
      ...ports,
    },
  });
  client = await NativeClient.connect(specchat.url, { Authorization: "Bearer s3cret" });
  return specchat;
}

interface Block {
  readonly toolResult?: { readonly content: readonly { readonly text?: string }[] };
}

/** Runs a turn whose model makes these calls in one round, and returns the results that the model reads. */
async function runCalls(...calls: readonly (readonly [name: string, input?: object])[]): Promise<string[]> {
  bedrock.script([
    { calls: calls.map(([name, input]) => ({ name, input: { ...input } })) },
    { text: "Done." },
  ]);
  await client?.runTurn("go");
  expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  const body = bedrock.requests.at(-1)?.body as unknown as {
    readonly messages: readonly { readonly content: readonly Block[] }[];
  };
  return (body.messages.at(-1)?.content ?? []).flatMap(({ toolResult }) =>
    toolResult ? [toolResult.content.map(({ text = "" }) => text).join("")] : [],
  );
}

const toolNames = ({ app }: Specchat) => app.apis.current.custom.map(({ name }) => name);

/** Resolves when the tools have these names. */
function waitForTools(started: Specchat, expected: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const check = () => JSON.stringify(toolNames(started)) === JSON.stringify(expected) && resolve();
    started.app.apis.onChange(check);
    check();
  });
}

/** Resolves when a log line matches. */
async function waitForLog(pattern: RegExp): Promise<void> {
  while (!log.some((line) => pattern.test(line))) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.each(["a URL", "a command"])("an MCP server with %s", (transport) => {
  const server = (...tools: string[]) => (transport === "a URL" ? serve(tools).url : commandFor(...tools));

  test("offers its tools under its name, and their calls are counted and logged", async () => {
    const started = await start(["--mcp", `notes=${server("echo", "fail")}`, "--log-api-calls"]);
    expect(toolNames(started)).toEqual(["notes_echo", "notes_fail"]);
    expect(started.app.apis.current.custom[0]).toMatchObject({
      description: "Says it again.",
      inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
      source: "MCP server notes",
      readOnly: true,
      confirm: undefined,
    });
    expect(
      await runCalls(["notes_echo", { text: "again" }], ["notes_fail"], ["notes_echo"], ["listThings"]),
    ).toEqual([
      "again",
      "no ink",
      "Tool not run: invalid arguments for notes_echo.\n- text: is required",
      '[{"id":1},{"id":2}]',
    ]);
    expect(await (await fetch(`${started.url}/metrics`)).text()).toContain(
      'bedrock_tool_calls_total{endpoint="tool notes_echo",status="ok"} 1\n',
    );
    expect(log.filter((line) => /api call.* tool=notes_fail .*status=failed/.test(line)).length).toBe(1);
  });

  test("replaces its tools when its list changes, in the order of their names", async () => {
    const tools = ["echo", "grow"];
    const served = transport === "a URL" ? serve(tools) : undefined;
    const started = await start(["--mcp", `notes=${served?.url ?? commandFor(...tools)}`]);
    expect(toolNames(started)).toEqual(["notes_echo", "notes_grow"]);
    if (served) {
      served.notes.names = ["fail", "grow", "echo"];
      served.handler.notify.toolsChanged();
      await waitForTools(started, ["notes_echo", "notes_fail", "notes_grow"]);
      return;
    }
    expect(await runCalls(["notes_grow"])).toEqual(["grown"]);
    await waitForTools(started, ["notes_a_new_one", "notes_echo", "notes_grow"]);
    expect(await runCalls(["notes_a_new_one"])).toEqual(["new"]);
  });

  test("has a hanging call ended after --timeout, without affecting others", async () => {
    await start(["--mcp", `notes=${server("hang", "echo")}`, "--timeout", "0.3"]);
    expect(await runCalls(["notes_hang"], ["notes_echo", { text: "here" }])).toEqual([
      "notes_hang did not finish within 0.3 s.",
      "here",
    ]);
  });

  test("returns binary content as a download, and the model reads its description", async () => {
    await start(["--mcp", `notes=${server("picture", "structured")}`]);
    const [content, structured] = await runCalls(["notes_picture"], ["notes_structured"]);
    const size = Buffer.from(PIXEL, "base64").length;
    expect(content?.split("\n\n")).toEqual([
      "A pixel:",
      `(binary content: image/png, ${size} bytes, file name answer.png) The user sees it as a download named answer.png.`,
      "(binary content: application/x-table, 3 bytes, file name table.bin)",
      "inside",
      "(link to a resource of the MCP server, which cannot be read here: b, notes://b)",
    ]);
    expect(JSON.parse(structured ?? "")).toEqual({ a: [1] });
    const file = client?.frames.flatMap((frame) =>
      frame.type === "tool_result" && frame.file ? [frame.file] : [],
    );
    expect(file).toEqual([expect.objectContaining({ name: "answer.png", media_type: "image/png", size })]);
  });
});

test("a tool without readOnlyHint needs approval, and is refused for clients that cannot ask for it", async () => {
  const { url, notes } = serve(["write", "echo"]);
  await start(["--mcp", `notes=${url}`]);
  const call = ["notes_write", { note: "milk" }] as const;
  expect(await runCalls(call)).toEqual([
    "Not called: it needs a person's approval, and this client cannot ask for it. Tell the person what you would have done.",
  ]);
  client?.send({ type: "hello", capabilities: ["approval"] });
  bedrock.script([{ calls: [{ name: call[0], input: { ...call[1] } }] }, { text: "Done." }]);
  client?.send({ message: "go" });
  const request = await client?.waitFor("approval_request");
  expect(request?.tool_calls).toEqual([
    { tool_call_id: expect.any(String), name: "notes_write", arguments: { note: "milk" } },
  ]);
  expect(notes.writtenNotes).toEqual([]);
  client?.send({ type: "approve", approval_id: request?.approval_id, approved: true });
  await client?.waitFor("ai_response");
  expect(notes.writtenNotes).toEqual(["milk"]);
});

test("integers beyond 2^53 are sent exactly", async () => {
  const { url, requests } = serve(["count"]);
  await start(["--mcp", `notes=${url}`]);
  const input = '{"n":9007199254740993,"in":[{"n":9007199254740995}]}' as never;
  bedrock.script([{ calls: [{ name: "notes_count", input }] }, { text: "Done." }]);
  await client?.runTurn("go");
  expect(requests.at(-1)?.body).toContain('"arguments":{"n":9007199254740993,"in":[{"n":9007199254740995}]}');
});

test("draft 7 schemas are converted, and tools with unsupported schemas are reported", async () => {
  const handler = createMcpHandler(() => {
    const server = new Server({ name: "raw", version: "1" }, { capabilities: { tools: {} } });
    const tools: Tool[] = [
      {
        name: "Draft.7",
        description: "d".repeat(3000),
        annotations: { readOnlyHint: true },
        inputSchema: {
          $schema: "http://json-schema.org/draft-07/schema#",
          type: "object",
          properties: { at: { $ref: "#/definitions/Place" } },
          definitions: { Place: { type: "object", properties: { "x-y": { type: "number" } } } },
        },
      },
      { name: "either", inputSchema: { type: "object", anyOf: [{ required: ["a"] }] } },
      { name: "lost", inputSchema: { type: "object", properties: { a: { $ref: "#/nowhere" } } } },
    ];
    server.setRequestHandler("tools/list", () => ({ tools }));
    server.setRequestHandler("tools/call", ({ params }) => ({
      content: [{ type: "text", text: JSON.stringify(params) }],
    }));
    return server;
  });
  const raw = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    fetch: (request) => handler.fetch(request),
  });
  toStop.push(
    () => raw.stop(true),
    () => handler.close(),
  );
  const { app } = await start(["--mcp", `raw=http://127.0.0.1:${raw.port}`]);
  expect(app.apis.current.custom).toMatchObject([
    {
      name: "raw_Draft_7",
      description: "d".repeat(2000),
      inputSchema: {
        type: "object",
        properties: { at: { type: "object", properties: { "x-y": { type: "number" } } } },
      },
    },
  ]);
  expect(app.apis.current.warnings).toEqual([
    'MCP server raw: either: parameters: the schema must have "type": "object" at its root and no anyOf there',
    "MCP server raw: lost: parameters: the reference #/nowhere cannot be resolved; only # and #/$defs/NAME are supported",
  ]);
  expect(await runCalls(["raw_Draft_7", { at: { "x-y": 1 } }])).toEqual([
    '{"name":"Draft.7","arguments":{"at":{"x-y":1}}}',
  ]);
});

test("a command that supports only the newest protocol version is connected with it", async () => {
  const server = { command: process.execPath, args: [script, "echo"], env: { NOTES_LEGACY: "reject" } };
  await Bun.write(`${folder}/mcp.json`, JSON.stringify({ mcpServers: { notes: server } }));
  await start(["--mcp-config", `${folder}/mcp.json`]);
  expect(await runCalls(["notes_echo", { text: "new" }])).toEqual(["new"]);
});

test("each server gets only its own headers, not those of other servers or of the caller", async () => {
  const [one, two] = [serve(["echo"]), serve(["echo"])];
  await Bun.write(
    `${folder}/mcp.json`,
    JSON.stringify({
      mcpServers: {
        one: { type: "http", url: one.url, headers: { Authorization: "Bearer one", "X-Key": "1" } },
        two: { url: two.url },
        off: { command: "nowhere", disabled: true },
      },
    }),
  );
  await start(["--mcp-config", `${folder}/mcp.json`]);
  await runCalls(["one_echo", { text: "a" }], ["two_echo", { text: "b" }]);
  const sent = ({ requests }: NotesEndpoint) => [
    ...new Set(requests.map(({ headers }) => `${headers.get("Authorization")} ${headers.get("X-Key")}`)),
  ];
  expect([sent(one), sent(two)]).toEqual([["Bearer one 1"], ["null null"]]);
  expect(log.filter((line) => /Bearer|s3cret/.test(line))).toEqual([]);
});

test("a child process gets the configured environment with PATH and HOME, and ends with the server", async () => {
  await Bun.write(
    `${folder}/mcp.json`,
    JSON.stringify({
      mcpServers: {
        "my notes": { command: process.execPath, args: [script, "environment"], env: { NOTES_KEY: "k" } },
      },
    }),
  );
  const started = await start(["--mcp-config", `${folder}/mcp.json`]);
  const [content = ""] = await runCalls(["my_notes_environment"]);
  const { pid, ...environment } = JSON.parse(content);
  expect(environment).toEqual({ NOTES_KEY: "k", PATH: process.env.PATH, HOME: folder });
  expect(
    log.some((line) => line.includes('mcp server stderr server=my_notes line="notes server started"')),
  ).toBe(true);
  await started.app.apis.stop();
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

describe("an MCP server that fails", () => {
  /** Creates a `sleep` that records the retry delays and ends when the test calls `next`. */
  function controlDelays() {
    const delays: number[] = [];
    let ended = Promise.withResolvers<void>();
    const sleep: Ports["sleep"] = async (ms, signal) => {
      // The grace period of a stop, and the startup timeout.
      if (ms === 1500) return await Bun.sleep(50);
      if (ms === 5000 || signal.aborted)
        return await new Promise((resolve) => setTimeout(resolve, 20_000).unref());
      delays.push(ms);
      await Promise.race([
        ended.promise,
        new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true })),
      ]);
    };
    return {
      delays,
      sleep,
      next() {
        ended.resolve();
        ended = Promise.withResolvers();
      },
    };
  }

  test("during a call gives a failed result, fails later calls immediately and is reconnected", async () => {
    const { delays, sleep, next } = controlDelays();
    const started = await start(["--mcp", `notes=${commandFor("die", "echo")}`], { sleep });
    const [died = ""] = await runCalls(["notes_die"]);
    expect(died).toMatch(/^notes_die failed: .*closed/i);
    await waitForLog(/mcp server not connected server=notes/);
    expect(toolNames(started)).toEqual(["notes_die", "notes_echo"]);
    expect(await runCalls(["notes_echo", { text: "a" }], ["listThings"])).toEqual([
      "notes_echo failed: its MCP server is not connected; try again later",
      '[{"id":1},{"id":2}]',
    ]);
    next();
    for (;;) {
      const [content] = await runCalls(["notes_echo", { text: "back" }]);
      if (content === "back") break;
      expect(content).toBe("notes_echo failed: its MCP server is not connected; try again later");
    }
    expect(delays).toEqual([1000]);
  });

  test("by closing its input gives a failed result and is restarted", async () => {
    const { delays, sleep, next } = controlDelays();
    const says = (id: number, result: object) => `echo '${JSON.stringify({ jsonrpc: "2.0", id, result })}'`;
    const tool = { name: "echo", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } };
    const script = [
      "read begin",
      says(0, {
        protocolVersion: "2025-11-25",
        capabilities: { tools: {} },
        serverInfo: { name: "d", version: "1" },
      }),
      "read initialized; read list",
      says(1, { tools: [tool] }),
      "exec 0<&-; sleep 60",
    ];
    const server = { command: "/bin/sh", args: ["-c", script.join("\n")] };
    await Bun.write(`${folder}/mcp.json`, JSON.stringify({ mcpServers: { deaf: server } }));
    const started = await start(["--mcp-config", `${folder}/mcp.json`], { sleep });
    expect(toolNames(started)).toEqual(["deaf_echo"]);
    expect(await runCalls(["deaf_echo"], ["listThings"])).toEqual([
      expect.stringMatching(/^deaf_echo failed: .*EPIPE/),
      '[{"id":1},{"id":2}]',
    ]);
    await waitForLog(/mcp server not connected server=deaf/);
    expect(delays).toEqual([1000]);
    next();
    for (let content = ""; !content.includes("EPIPE"); ) [content = ""] = await runCalls(["deaf_echo"]);
  });

  test("by answering with a value that is nested too deeply gives a failed result", async () => {
    const says = (id: number, result: object) => `echo '${JSON.stringify({ jsonrpc: "2.0", id, result })}'`;
    const tool = { name: "echo", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } };
    let deep: object = {};
    for (let level = 0; level < 150; level++) deep = { a: deep };
    const script = [
      "read begin",
      says(0, {
        protocolVersion: "2025-11-25",
        capabilities: { tools: {} },
        serverInfo: { name: "d", version: "1" },
      }),
      "read initialized; read list",
      says(1, { tools: [tool] }),
      "read call",
      says(2, { content: [], structuredContent: deep }),
      "read more",
    ];
    const server = { command: "/bin/sh", args: ["-c", script.join("\n")] };
    await Bun.write(`${folder}/mcp.json`, JSON.stringify({ mcpServers: { deep: server } }));
    await start(["--mcp-config", `${folder}/mcp.json`]);
    expect(await runCalls(["deep_echo"])).toEqual([
      expect.stringContaining("the message is nested deeper than 100 levels"),
    ]);
  });

  test("by losing its sessions in a restart, with an older protocol version, is re-initialised, and the call is repeated", async () => {
    const { delays, sleep } = controlDelays();
    let sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
    const notes: Notes = { names: ["echo"], writtenNotes: [], hang: async () => {} };
    const legacy = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 0,
      async fetch(request) {
        const known = sessions.get(request.headers.get("mcp-session-id") ?? "");
        if (known) return await known.handleRequest(request);
        if (request.headers.has("mcp-session-id")) return new Response(null, { status: 404 });
        const transport = new WebStandardStreamableHTTPServerTransport({
          sessionIdGenerator: () => crypto.randomUUID(),
          onsessioninitialized: (id) => void sessions.set(id, transport),
        });
        const server = await createNotesServer(notes)({ era: "legacy" });
        await server.connect(transport);
        return await transport.handleRequest(request);
      },
    });
    toStop.push(() => legacy.stop(true));
    await start(["--mcp", `notes=http://127.0.0.1:${legacy.port}`], { sleep });
    expect(await runCalls(["notes_echo", { text: "a" }])).toEqual(["a"]);
    sessions = new Map();
    expect(await runCalls(["notes_echo", { text: "b" }])).toEqual(["b"]);
    expect(delays).toEqual([]);
  });

  test("after a stable connection is reconnected without delay", async () => {
    const { delays, sleep } = controlDelays();
    let at = Date.now();
    await start(["--mcp", `notes=${commandFor("die", "echo")}`], { sleep, now: () => new Date(at) });
    at += 61_000;
    await runCalls(["notes_die"]);
    for (let content = ""; content !== "back"; )
      [content = ""] = await runCalls(["notes_echo", { text: "back" }]);
    expect(delays).toEqual([]);
  });

  test("at the start is reported, retried with increasing delays, and available once it responds", async () => {
    const { delays, sleep, next } = controlDelays();
    const { url, stop } = serve(["echo"]);
    await stop();
    const started = await start(["--mcp", `notes=${url}`, "--mcp", "gone=/nowhere/at-all"], { sleep });
    const { warnings } = started.app.apis.current;
    expect(warnings).toEqual([
      expect.stringMatching(/^MCP server notes: .*; its tools become available when it responds$/),
      expect.stringMatching(
        /^MCP server gone: .*\/nowhere\/at-all.*; its tools become available when it responds$/,
      ),
    ]);
    expect(toolNames(started)).toEqual([]);
    const expectedDelays = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    for (const round of expectedDelays.keys()) {
      while (delays.length < 2 * (round + 1)) await new Promise((resolve) => setTimeout(resolve, 1));
      if (round < expectedDelays.length - 1) next();
    }
    expect(delays).toEqual(expectedDelays.flatMap((ms) => [ms, ms]));
    serve(["echo"], Number(new URL(url).port));
    const back = waitForTools(started, ["notes_echo"]);
    next();
    await back;
    expect(started.app.apis.current.warnings.length).toBe(1);
    expect(await runCalls(["notes_echo", { text: "here" }])).toEqual(["here"]);
  });

  test("over HTTP is reconnected after its restart", async () => {
    const { delays, sleep, next } = controlDelays();
    const first = serve(["echo"]);
    const started = await start(["--mcp", `notes=${first.url}`], { sleep });
    await first.stop();
    await waitForLog(/mcp server not connected server=notes/);
    const [content] = await runCalls(["notes_echo", { text: "a" }]);
    expect(content).toBe("notes_echo failed: its MCP server is not connected; try again later");
    serve(["echo", "fail"], Number(new URL(first.url).port));
    const back = waitForTools(started, ["notes_echo", "notes_fail"]);
    next();
    await back;
    expect([delays[0], await runCalls(["notes_echo", { text: "b" }])]).toEqual([1000, ["b"]]);
  });

  test("to respond does not delay the start, and is available once it responds", async () => {
    const released = Promise.withResolvers<void>();
    const notes: Notes = { names: ["echo"], writtenNotes: [], hang: async () => {} };
    const handler = createMcpHandler(createNotesServer(notes));
    const slow = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 0,
      async fetch(request) {
        await released.promise;
        return await handler.fetch(request);
      },
    });
    toStop.push(
      () => slow.stop(true),
      () => handler.close(),
    );
    const started = await start(["--mcp", `slow=http://127.0.0.1:${slow.port}/mcp`], {
      sleep: async (ms) => (ms === 5000 ? undefined : await Bun.sleep(ms)),
    });
    expect(started.app.apis.current.warnings).toEqual([
      "MCP server slow: no response yet; its tools become available when it responds",
    ]);
    expect(await runCalls(["listThings"])).toEqual(['[{"id":1},{"id":2}]']);
    const back = waitForTools(started, ["slow_echo"]);
    released.resolve();
    await back;
    expect(started.app.apis.current.warnings).toEqual([]);
  });
});

describe("settings of MCP servers", () => {
  test("never show a key in a URL in a warning or in the log", async () => {
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: ({ url }) => new Response(`nothing at ${url}`, { status: 400 }),
    });
    toStop.push(() => server.stop(true));
    const { app } = await start(["--mcp", `keyed=http://127.0.0.1:${server.port}/mcp?key=s3cr3t`]);
    expect(app.apis.current.warnings).toEqual([expect.stringMatching(/^MCP server keyed: .*\/mcp\?\*\*\*/)]);
    expect(log.filter((line) => line.includes("s3cr3t"))).toEqual([]);
  });

  test.each([
    ["invalid JSON", "{", /^--mcp-config .*: not valid JSON: /],
    ["no servers", "[]", /: "mcpServers" is missing; it must be an object of servers by name$/],
    ["neither command nor URL", '{"mcpServers":{"a":{}}}', /: a: a server needs a "command" .* or a "url"/],
    ["no URL", '{"mcpServers":{"a":{"url":"x"}}}', /: a: url: must be an http or https URL$/],
    [
      "a duplicate name",
      '{"mcpServers":{"a":{"url":"http://a"},"a!":{"url":"http://b"}}}',
      /^Two MCP servers are named a: /,
    ],
  ])("refuse a file with %s", async (_what, text, message) => {
    await Bun.write(`${folder}/mcp.json`, text);
    await expect(start(["--mcp-config", `${folder}/mcp.json`])).rejects.toThrow(message);
  });

  test("name a server after its host or program by default", async () => {
    const { url } = serve(["echo"]);
    const started = await start(["--mcp", url, "--mcp", `"${process.execPath}" '${script}' echo`]);
    const program = process.execPath.split("/").at(-1)?.replace(".", "_");
    expect(toolNames(started)).toEqual(["127_0_0_1_echo", `${program}_echo`]);
  });
});
