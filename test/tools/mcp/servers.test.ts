/** Tools of other MCP servers as people meet them: real servers of the official SDK, the strict stand-in for Bedrock. */
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

interface Served {
  readonly url: string;
  readonly notes: Notes;
  readonly requests: { readonly headers: Headers; readonly body: string }[];
  readonly handler: ReturnType<typeof createMcpHandler>;
  stop(): Promise<void>;
}

/** An MCP server over HTTP in this process. */
function serve(names: string[], port = 0, hang: Notes["hang"] = () => new Promise(() => {})): Served {
  const notes: Notes = { names, writtenNotes: [], hang };
  const handler = createMcpHandler(createNotesServer(notes));
  const requests: Served["requests"] = [];
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

/** As in --mcp. */
function process_(...names: string[]): string {
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

/** A turn whose model makes these calls at once: what it reads as their results. */
async function play(...calls: readonly (readonly [name: string, input?: object])[]): Promise<string[]> {
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

const names = ({ app }: Specchat) => app.apis.current.custom.map(({ name }) => name);

/** Resolves once the tools are these. */
function becomes(started: Specchat, wanted: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const look = () => JSON.stringify(names(started)) === JSON.stringify(wanted) && resolve();
    started.app.apis.onChange(look);
    look();
  });
}

/** Resolves once the log has a line like this. */
async function logged(what: RegExp): Promise<void> {
  while (!log.some((line) => what.test(line))) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.each(["a URL", "a command"])("%s", (way) => {
  const server = (...tools: string[]) => (way === "a URL" ? serve(tools).url : process_(...tools));

  test("its tools stand after the API's, under its name, and are called, counted and logged as any", async () => {
    const started = await start(["--mcp", `notes=${server("echo", "fail")}`, "--log-api-calls"]);
    expect(names(started)).toEqual(["notes_echo", "notes_fail"]);
    expect(started.app.apis.current.custom[0]).toMatchObject({
      description: "Says it again.",
      inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
      source: "MCP server notes",
      readOnly: true,
      confirm: undefined,
    });
    expect(
      await play(["notes_echo", { text: "again" }], ["notes_fail"], ["notes_echo"], ["listThings"]),
    ).toEqual([
      "again",
      "no ink",
      "Nothing was done: the arguments of notes_echo are not right.\n- text: is required",
      '[{"id":1},{"id":2}]',
    ]);
    expect(await (await fetch(`${started.url}/metrics`)).text()).toContain(
      'bedrock_tool_calls_total{endpoint="tool notes_echo",status="ok"} 1\n',
    );
    expect(log.filter((line) => /api call.* tool=notes_fail .*status=failed/.test(line)).length).toBe(1);
  });

  test("a changed list is swapped in, in the order of names", async () => {
    const tools = ["echo", "grow"];
    const served = way === "a URL" ? serve(tools) : undefined;
    const started = await start(["--mcp", `notes=${served?.url ?? process_(...tools)}`]);
    expect(names(started)).toEqual(["notes_echo", "notes_grow"]);
    if (served) {
      served.notes.names = ["fail", "grow", "echo"];
      served.handler.notify.toolsChanged();
      await becomes(started, ["notes_echo", "notes_fail", "notes_grow"]);
      return;
    }
    expect(await play(["notes_grow"])).toEqual(["grown"]);
    await becomes(started, ["notes_a_new_one", "notes_echo", "notes_grow"]);
    expect(await play(["notes_a_new_one"])).toEqual(["new"]);
  });

  test("a call that hangs ends after --timeout, and the others of the turn are not concerned", async () => {
    await start(["--mcp", `notes=${server("hang", "echo")}`, "--timeout", "0.3"]);
    expect(await play(["notes_hang"], ["notes_echo", { text: "here" }])).toEqual([
      "notes_hang did not answer within 0.3 s.",
      "here",
    ]);
  });

  test("what is no text becomes a download, and the model is told of it", async () => {
    await start(["--mcp", `notes=${server("picture", "structured")}`]);
    const [said, structured] = await play(["notes_picture"], ["notes_structured"]);
    const size = Buffer.from(PIXEL, "base64").length;
    expect(said?.split("\n\n")).toEqual([
      "A pixel:",
      `(binary content: image/png, ${size} bytes, file name answer.png) The person sees it as a download named answer.png.`,
      "(binary content: application/x-table, 3 bytes, file name table.bin)",
      "inside",
      "(a resource of the server, which cannot be read here: b, notes://b)",
    ]);
    expect(JSON.parse(structured ?? "")).toEqual({ a: [1] });
    const file = client?.frames.flatMap((frame) =>
      frame.type === "tool_result" && frame.file ? [frame.file] : [],
    );
    expect(file).toEqual([expect.objectContaining({ name: "answer.png", media_type: "image/png", size })]);
  });
});

test("without a hint it counts as one that changes something: a person is asked, or it is refused", async () => {
  const { url, notes } = serve(["write", "echo"]);
  await start(["--mcp", `notes=${url}`]);
  const call = ["notes_write", { note: "milk" }] as const;
  expect(await play(call)).toEqual([
    "Not called: it needs a person's approval, and this client cannot ask for it. Tell the person what you would have done.",
  ]);
  client?.send({ type: "hello", capabilities: ["approval"] });
  bedrock.script([{ calls: [{ name: call[0], input: { ...call[1] } }] }, { text: "Done." }]);
  client?.send({ message: "go" });
  const held = await client?.waitFor("approval_request");
  expect(held?.tool_calls).toEqual([
    { tool_call_id: expect.any(String), name: "notes_write", arguments: { note: "milk" } },
  ]);
  expect(notes.writtenNotes).toEqual([]);
  client?.send({ type: "approve", approval_id: held?.approval_id, approved: true });
  await client?.waitFor("ai_response");
  expect(notes.writtenNotes).toEqual(["milk"]);
});

test("integers of any length go there exactly", async () => {
  const { url, requests } = serve(["count"]);
  await start(["--mcp", `notes=${url}`]);
  const input = '{"n":9007199254740993,"in":[{"n":9007199254740995}]}' as never;
  bedrock.script([{ calls: [{ name: "notes_count", input }] }, { text: "Done." }]);
  await client?.runTurn("go");
  expect(requests.at(-1)?.body).toContain('"arguments":{"n":9007199254740993,"in":[{"n":9007199254740995}]}');
});

test("schemas of other dialects are read; what no model could be given is left out and named", async () => {
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
    "MCP server raw: lost: parameters: the reference #/nowhere leads nowhere; what #/$defs/NAME names must be there",
  ]);
  expect(await play(["raw_Draft_7", { at: { "x-y": 1 } }])).toEqual([
    '{"name":"Draft.7","arguments":{"at":{"x-y":1}}}',
  ]);
});

test("a command that speaks only the newest revision is spoken to in it", async () => {
  const given = { command: process.execPath, args: [script, "echo"], env: { NOTES_LEGACY: "reject" } };
  await Bun.write(`${folder}/mcp.json`, JSON.stringify({ mcpServers: { notes: given } }));
  await start(["--mcp-config", `${folder}/mcp.json`]);
  expect(await play(["notes_echo", { text: "new" }])).toEqual(["new"]);
});

test("each server gets its own headers, and nothing of another's or of the person's", async () => {
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
  await play(["one_echo", { text: "a" }], ["two_echo", { text: "b" }]);
  const sent = ({ requests }: Served) => [
    ...new Set(requests.map(({ headers }) => `${headers.get("Authorization")} ${headers.get("X-Key")}`)),
  ];
  expect([sent(one), sent(two)]).toEqual([["Bearer one 1"], ["null null"]]);
  expect(log.filter((line) => /Bearer|s3cret/.test(line))).toEqual([]);
});

test("a child gets the environment that is given to it, with PATH and HOME, and ends with the server", async () => {
  await Bun.write(
    `${folder}/mcp.json`,
    JSON.stringify({
      mcpServers: {
        "my notes": { command: process.execPath, args: [script, "environment"], env: { NOTES_KEY: "k" } },
      },
    }),
  );
  const started = await start(["--mcp-config", `${folder}/mcp.json`]);
  const [said = ""] = await play(["my_notes_environment"]);
  const { pid, ...environment } = JSON.parse(said);
  expect(environment).toEqual({ NOTES_KEY: "k", PATH: process.env.PATH, HOME: folder });
  expect(
    log.some((line) => line.includes('mcp server says server=my_notes line="notes server started"')),
  ).toBe(true);
  await started.app.apis.stop();
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

describe("a server that fails", () => {
  /** Pauses end when the test says so: what they were to last, in order. */
  function pauses() {
    const asked: number[] = [];
    let go = Promise.withResolvers<void>();
    const sleep: Ports["sleep"] = async (ms, signal) => {
      // An end is given time, and a start waits.
      if (ms === 1500) return await Bun.sleep(50);
      if (ms === 5000 || signal.aborted)
        return await new Promise((resolve) => setTimeout(resolve, 20_000).unref());
      asked.push(ms);
      await Promise.race([
        go.promise,
        new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true })),
      ]);
    };
    return {
      asked,
      sleep,
      next() {
        go.resolve();
        go = Promise.withResolvers();
      },
    };
  }

  test("mid-call is a failed result; a call of what is gone fails at once, and it comes back in the background", async () => {
    const { asked, sleep, next } = pauses();
    const started = await start(["--mcp", `notes=${process_("die", "echo")}`], { sleep });
    const [died = ""] = await play(["notes_die"]);
    expect(died).toMatch(/^notes_die failed: .*closed/i);
    await logged(/mcp server not connected server=notes/);
    expect(names(started)).toEqual(["notes_die", "notes_echo"]);
    expect(await play(["notes_echo", { text: "a" }], ["listThings"])).toEqual([
      "notes_echo failed: its MCP server is not connected at the moment",
      '[{"id":1},{"id":2}]',
    ]);
    next();
    for (;;) {
      const [said] = await play(["notes_echo", { text: "back" }]);
      if (said === "back") break;
      expect(said).toBe("notes_echo failed: its MCP server is not connected at the moment");
    }
    expect(asked).toEqual([1000]);
  });

  test("by no longer listening is a failed result, and it is started anew", async () => {
    const { asked, sleep, next } = pauses();
    const says = (id: number, result: object) => `echo '${JSON.stringify({ jsonrpc: "2.0", id, result })}'`;
    const tool = { name: "echo", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } };
    const deaf = [
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
    const given = { command: "/bin/sh", args: ["-c", deaf.join("\n")] };
    await Bun.write(`${folder}/mcp.json`, JSON.stringify({ mcpServers: { deaf: given } }));
    const started = await start(["--mcp-config", `${folder}/mcp.json`], { sleep });
    expect(names(started)).toEqual(["deaf_echo"]);
    expect(await play(["deaf_echo"], ["listThings"])).toEqual([
      expect.stringMatching(/^deaf_echo failed: .*EPIPE/),
      '[{"id":1},{"id":2}]',
    ]);
    await logged(/mcp server not connected server=deaf/);
    expect(asked).toEqual([1000]);
    next();
    for (let said = ""; !said.includes("EPIPE"); ) [said = ""] = await play(["deaf_echo"]);
  });

  test("by forgetting its sessions, as those of earlier revisions do when restarted, is connected to anew", async () => {
    const { asked, sleep, next } = pauses();
    let sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
    const notes: Notes = { names: ["echo"], writtenNotes: [], hang: async () => {} };
    const old = Bun.serve({
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
    toStop.push(() => old.stop(true));
    await start(["--mcp", `notes=http://127.0.0.1:${old.port}`], { sleep });
    expect(await play(["notes_echo", { text: "a" }])).toEqual(["a"]);
    sessions = new Map();
    const [said] = await play(["notes_echo", { text: "b" }]);
    expect(said).toMatch(/^notes_echo failed: /);
    await logged(/mcp server not connected server=notes/);
    next();
    for (let answer = ""; answer !== "c"; ) [answer = ""] = await play(["notes_echo", { text: "c" }]);
    expect(asked).toEqual([1000]);
  });

  test("after it has worked for a while is connected to again at once", async () => {
    const { asked, sleep } = pauses();
    let at = Date.now();
    await start(["--mcp", `notes=${process_("die", "echo")}`], { sleep, now: () => new Date(at) });
    at += 61_000;
    await play(["notes_die"]);
    for (let said = ""; said !== "back"; ) [said = ""] = await play(["notes_echo", { text: "back" }]);
    expect(asked).toEqual([]);
  });

  test("at the start is named in a warning, tried again with longer pauses, and there once it answers", async () => {
    const { asked, sleep, next } = pauses();
    const { url, stop } = serve(["echo"]);
    await stop();
    const started = await start(["--mcp", `notes=${url}`, "--mcp", "gone=/nowhere/at-all"], { sleep });
    const { warnings } = started.app.apis.current;
    expect(warnings).toEqual([
      expect.stringMatching(/^MCP server notes: .*; its tools are there as soon as it answers$/),
      expect.stringMatching(
        /^MCP server gone: .*\/nowhere\/at-all.*; its tools are there as soon as it answers$/,
      ),
    ]);
    expect(names(started)).toEqual([]);
    const lengths = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    for (const round of lengths.keys()) {
      while (asked.length < 2 * (round + 1)) await new Promise((resolve) => setTimeout(resolve, 1));
      if (round < lengths.length - 1) next();
    }
    expect(asked).toEqual(lengths.flatMap((ms) => [ms, ms]));
    serve(["echo"], Number(new URL(url).port));
    const back = becomes(started, ["notes_echo"]);
    next();
    await back;
    expect(started.app.apis.current.warnings.length).toBe(1);
    expect(await play(["notes_echo", { text: "here" }])).toEqual(["here"]);
  });

  test("a server over HTTP that is restarted is found again", async () => {
    const { asked, sleep, next } = pauses();
    const first = serve(["echo"]);
    const started = await start(["--mcp", `notes=${first.url}`], { sleep });
    await first.stop();
    await logged(/mcp server not connected server=notes/);
    const [said] = await play(["notes_echo", { text: "a" }]);
    expect(said).toBe("notes_echo failed: its MCP server is not connected at the moment");
    serve(["echo", "fail"], Number(new URL(first.url).port));
    const back = becomes(started, ["notes_echo", "notes_fail"]);
    next();
    await back;
    expect([asked[0], await play(["notes_echo", { text: "b" }])]).toEqual([1000, ["b"]]);
  });

  test("by saying nothing holds up no start, and is there when it does", async () => {
    const go = Promise.withResolvers<void>();
    const notes: Notes = { names: ["echo"], writtenNotes: [], hang: async () => {} };
    const handler = createMcpHandler(createNotesServer(notes));
    const slow = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 0,
      async fetch(request) {
        await go.promise;
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
      "MCP server slow: it has not answered yet; its tools are there as soon as it answers",
    ]);
    expect(await play(["listThings"])).toEqual(['[{"id":1},{"id":2}]']);
    const back = becomes(started, ["slow_echo"]);
    go.resolve();
    await back;
    expect(started.app.apis.current.warnings).toEqual([]);
  });
});

describe("settings", () => {
  test("the key in an address is in no warning and no line of the log, whatever the server answers", async () => {
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
    ["no JSON", "{", /^--mcp-config .*: not valid JSON: /],
    ["no servers", "[]", /: "mcpServers" is missing; it must be an object of servers by name$/],
    ["neither command nor URL", '{"mcpServers":{"a":{}}}', /: a: a server needs a "command" .* or a "url"/],
    ["no URL", '{"mcpServers":{"a":{"url":"x"}}}', /: a: url: must be an http or https URL$/],
    [
      "a name twice",
      '{"mcpServers":{"a":{"url":"http://a"},"a!":{"url":"http://b"}}}',
      /^Two MCP servers are named a: /,
    ],
  ])("a file that is wrong stops the start: %s", async (_what, text, message) => {
    await Bun.write(`${folder}/mcp.json`, text);
    await expect(start(["--mcp-config", `${folder}/mcp.json`])).rejects.toThrow(message);
  });

  test("a server is named for its host or its program unless it has a name", async () => {
    const { url } = serve(["echo"]);
    const started = await start(["--mcp", url, "--mcp", `"${process.execPath}" '${script}' echo`]);
    const program = process.execPath.split("/").at(-1)?.replace(".", "_");
    expect(names(started)).toEqual(["127_0_0_1_echo", `${program}_echo`]);
  });
});
