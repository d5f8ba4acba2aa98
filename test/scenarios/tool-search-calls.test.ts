/** Calls of a model that searches, in all shapes, and what other tools and clients do beside the search. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { type RecordedRequest, type ScriptedResponse, type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

let folder: string;
let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let started: Specchat[] = [];
let toStop: (() => Promise<void>)[] = [];

const ID = { name: "id", in: "path", required: true, schema: { type: "integer" } };
const OPERATIONS = {
  "/notes": {
    get: {
      operationId: "listNotes",
      summary: "List notes",
      parameters: [
        { name: "filter", in: "query", schema: { type: "string", enum: ["mine", "all"] } },
        { name: "page", in: "query", schema: { type: "integer" } },
      ],
    },
    post: {
      operationId: "createNote",
      summary: "Create a note",
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
          },
        },
      },
    },
  },
  "/notes/{id}": {
    get: { operationId: "getNote", summary: "Get a note", parameters: [ID] },
    delete: { operationId: "deleteNote", summary: "Delete a note", parameters: [ID] },
  },
};

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-calls-`);
  [bedrock, api] = await Promise.all([startBedrock(), startApi(() => Response.json([{ id: 1, text: "a" }]))]);
  specchat = await start(await writeDocument("notes", OPERATIONS), "--tool-budget", "1");
});

afterEach(async () => {
  await Promise.all(started.filter((other) => other !== specchat).map((other) => other.stop()));
  started = [specchat];
  for (const stop of toStop) await stop();
  toStop = [];
});

afterAll(async () => {
  await Promise.all(started.map((other) => other.stop()));
  await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
});

async function writeDocument(name: string, paths: object): Promise<string> {
  const file = `${folder}/${name}.json`;
  await Bun.write(file, JSON.stringify({ openapi: "3.1.0", info: { title: name, version: "1" }, paths }));
  return file;
}

async function start(document: string, ...argv: string[]): Promise<Specchat> {
  const server = await startSpecchat({
    argv: ["--spec", document, "--base-url", api.url, "--model", MODEL, "--no-summarize", ...argv],
    model: createBedrockAt(bedrock.url),
  });
  started.push(server);
  return server;
}

interface Block {
  readonly text?: string;
  readonly toolUse?: { readonly name: string; readonly input: unknown };
  readonly toolResult?: { readonly content: readonly { readonly text: string }[] };
}

function blocksOf({ body }: Pick<RecordedRequest, "body">): readonly Block[] {
  const { messages } = body as { messages: readonly { readonly content: readonly Block[] }[] };
  return messages.flatMap(({ content }) => content);
}

function toolNames({ body }: Pick<RecordedRequest, "body">): string[] {
  const { tools } = body.toolConfig as { tools: { toolSpec?: { name: string } }[] };
  return tools.flatMap(({ toolSpec }) => toolSpec?.name ?? []);
}

function resultIn(request: Pick<RecordedRequest, "body"> | undefined): string | undefined {
  const results = request ? blocksOf(request).flatMap(({ toolResult }) => toolResult ?? []) : [];
  return results.at(-1)?.content[0]?.text;
}

/** Runs a turn in which the model makes calls, one a round. Returns the shown calls and what was sent. */
async function call(
  server: Specchat,
  ...calls: { readonly name: string; readonly input: Record<string, unknown> }[]
) {
  const client = await NativeClient.connect(server.url);
  client.send({ type: "hello", capabilities: ["approval"] });
  const before = { api: api.requests.length, model: bedrock.requests.length };
  const responses: ScriptedResponse[] = calls.map((input) => ({ calls: [input] }));
  bedrock.script([...responses, { text: "Done." }]);
  client.send({ message: "go" });
  const frame = await client.waitFor("approval_request", "ai_response", "error");
  const frames = client.frames;
  client.close();
  const requests = bedrock.requests.slice(before.model);
  expect(requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  const shown = frames.flatMap((item) => (item.type === "tool_call" ? [[item.name, item.arguments]] : []));
  return { frame, shown, requests, sent: api.requests.slice(before.api) };
}

describe("a call of call_operation runs the operation", () => {
  test.each([
    ["as defined", { name: "getNote", arguments: { id: 7 } }, "GET /notes/7"],
    ["with arguments as a text", { name: "getNote", arguments: '{"id": 7}' }, "GET /notes/7"],
    ["with arguments beside the name", { name: "getNote", id: 7 }, "GET /notes/7"],
    ["with some of them beside the name", { name: "getNote", arguments: {}, id: 7 }, "GET /notes/7"],
    [
      "with words beside that are no arguments",
      { name: "getNote", arguments: { id: 7 }, why: "x" },
      "GET /notes/7",
    ],
    ["with null for no arguments", { name: "listNotes", arguments: null }, "GET /notes"],
    ["with an empty text for no arguments", { name: "listNotes", arguments: "" }, "GET /notes"],
    ["with a name in another case", { name: "get_note", arguments: { id: 7 } }, "GET /notes/7"],
    ["by method and path", { name: "GET /notes/{id}", arguments: { id: 7 } }, "GET /notes/7"],
    ["by method and path as in the map", { name: "GET notes/*", arguments: { id: 7 } }, "GET /notes/7"],
    [
      "within another call",
      { name: "call_operation", arguments: { name: "getNote", arguments: { id: 7 } } },
      "GET /notes/7",
    ],
    ["with its own argument named filter", { name: "listNotes", filter: "mine" }, "GET /notes?filter=mine"],
    [
      "with its own argument and a filter",
      { name: "listNotes", arguments: { filter: "mine" }, filter: "[0].id" },
      "GET /notes?filter=mine",
    ],
    [
      "with the filter's other name",
      { name: "listNotes", arguments: { page: 2 }, _filter: "[0].id" },
      "GET /notes?page=2",
    ],
  ])("%s", async (_shape, input, request) => {
    const { frame, sent, shown } = await call(specchat, { name: "call_operation", input });
    expect(frame).toMatchObject({ type: "ai_response", message: "Done." });
    expect(sent).toEqual([request]);
    expect(shown.map(([name]) => name)).toEqual([request.includes("/7") ? "getNote" : "listNotes"]);
  });

  test("and applies a filter to its response", async () => {
    for (const input of [
      { name: "listNotes", arguments: {}, filter: "[0].text" },
      { name: "listNotes", arguments: {}, _filter: "[0].text" },
      { name: "listNotes", arguments: { _filter: "[0].text" } },
    ])
      expect(resultIn((await call(specchat, { name: "call_operation", input })).requests.at(-1))).toBe('"a"');
  });

  test("and waits for an approval of a change, in every shape", async () => {
    for (const input of [
      { name: "DELETE /notes/{id}", arguments: '{"id": 7}' },
      { name: "call_operation", arguments: { name: "deleteNote", id: 7 } },
    ]) {
      const { frame, sent } = await call(specchat, { name: "call_operation", input });
      expect(frame).toMatchObject({
        type: "approval_request",
        tool_calls: [{ name: "deleteNote", arguments: { id: 7 } }],
      });
      expect(sent).toEqual([]);
    }
  });

  test("also without it, by the operation's name", async () => {
    const { shown, sent, requests } = await call(specchat, { name: "getNote", input: { id: 7 } });
    expect(shown).toEqual([["getNote", { id: 7 }]]);
    expect(sent).toEqual(["GET /notes/7"]);
    const uses =
      requests.at(-1) && blocksOf(requests.at(-1) as RecordedRequest).flatMap((b) => b.toolUse ?? []);
    expect(uses).toMatchObject([
      { name: "call_operation", input: { name: "getNote", arguments: { id: 7 } } },
    ]);
  });
});

test("a model without tools searches and calls in the text of its replies", async () => {
  const server = await start(
    await writeDocument("prompted", OPERATIONS),
    ...["--tool-budget", "1", "--model", "meta.llama3-8b-instruct-v1:0"],
  );
  const write = (name: string, input: object) => ({
    text: `<tool_call>\n${JSON.stringify({ name, arguments: input })}\n</tool_call>`,
  });
  const before = { api: api.requests.length, model: bedrock.requests.length };
  bedrock.script([
    write("find_operations", { queries: ["get note"] }),
    write("call_operation", { name: "getNote", arguments: { id: 7 } }),
    { text: "Done." },
  ]);
  const client = await NativeClient.connect(server.url);
  const frames = await client.runTurn("show note 7");
  client.close();
  expect(frames.at(-1)).toMatchObject({ type: "ai_response", message: "Done." });
  expect(api.requests.slice(before.api)).toEqual(["GET /notes/7"]);
  const requests = bedrock.requests.slice(before.model);
  expect(requests.map(({ refusal }) => refusal)).toEqual([undefined, undefined, undefined]);
  const [, found, called] = requests.map((request) => blocksOf(request).at(-1)?.text);
  expect(found).toContain("getNote(id:int) Get a note");
  expect(called).toContain('"a"');
});

test("a search within call_operation is a search, and incomplete calls are explained", async () => {
  const { requests, sent } = await call(
    specchat,
    { name: "call_operation", input: { name: "find_operations", arguments: { queries: ["list notes"] } } },
    { name: "call_operation", input: { arguments: { id: 7 } } },
    { name: "call_operation", input: { name: "getNote", arguments: "id = 7" } },
  );
  const [, found, nameless, unread] = requests.map(resultIn);
  expect(found).toStartWith("listNotes(filter?:mine|all, page?:int) List notes");
  const explanation =
    "name and arguments are needed: the name of an operation, and an object with its arguments.";
  expect([nameless, unread]).toEqual([explanation, explanation]);
  expect(sent).toEqual([]);
});

test("fetch_all takes a searched operation, also within a call of call_operation", async () => {
  for (const input of [
    { tool: "listNotes", arguments: {} },
    { tool: "call_operation", arguments: { name: "listNotes", arguments: {} } },
  ]) {
    const { requests, sent } = await call(specchat, { name: "fetch_all", input });
    expect(sent[0]).toBe("GET /notes");
    expect(resultIn(requests.at(-1))).toMatch(/^(?:All|Part) of the list: /m);
  }
});

test("operations that have the names of the search tools keep them, and can be called", async () => {
  const paths = {
    "/find": { get: { operationId: "find_operations", summary: "Find surgeries" } },
    ...OPERATIONS,
  };
  const server = await start(await writeDocument("clash", paths), "--tool-budget", "1");
  const { requests, sent, shown } = await call(
    server,
    { name: "specchat_find_operations", input: { queries: "find surgeries" } },
    { name: "call_operation", input: { name: "find_operations", arguments: {} } },
  );
  expect(resultIn(requests[1])).toStartWith("find_operations() Find surgeries");
  expect(shown.map(([name]) => name)).toEqual(["specchat_find_operations", "find_operations"]);
  expect(sent).toEqual(["GET /find"]);
});

describe("a client with its own tools", () => {
  const complete = async (server: Specchat, body: object) => {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: MODEL, messages: [{ role: "user", content: "go" }], ...body }),
    });
    return (await response.json()) as {
      choices: { message: { content: string | null; tool_calls?: { function: { name: string } }[] } }[];
    };
  };
  const getNote = {
    type: "function",
    function: { name: "getNote", parameters: { type: "object", properties: {} } },
  };

  test("keeps a tool with the name of a searched operation apart from it", async () => {
    const server = await start(
      await writeDocument("beside", OPERATIONS),
      ...["--tool-budget", "1", "--client-tools", "beside"],
    );
    bedrock.script([
      { calls: [{ name: "call_operation", input: { name: "getNote", arguments: { id: 7 } } }] },
      { calls: [{ name: "getNote_2", input: {} }] },
    ]);
    const before = api.requests.length;
    const { choices } = await complete(server, { tools: [getNote] });
    expect(api.requests.slice(before)).toEqual(["GET /notes/7"]);
    expect(choices[0]?.message.tool_calls?.map(({ function: { name } }) => name)).toEqual(["getNote"]);
  });

  test("can choose a searched operation, which is described for that turn", async () => {
    bedrock.script([{ calls: [{ name: "getNote", input: { id: 7 } }] }, { text: "Done." }]);
    const before = { api: api.requests.length, model: bedrock.requests.length };
    const { choices } = await complete(specchat, {
      tool_choice: { type: "function", function: { name: "getNote" } },
    });
    expect(choices[0]?.message.content).toBe("Done.");
    expect(api.requests.slice(before.api)).toEqual(["GET /notes/7"]);
    const [first] = bedrock.requests.slice(before.model);
    expect(first?.body.toolConfig).toMatchObject({ toolChoice: { tool: { name: "getNote" } } });
    expect(first && toolNames(first)).toContain("getNote");
  });
});

test("a session and its waiting question go on when a reload makes tools searched, and described again", async () => {
  const document = await writeDocument("modes", OPERATIONS);
  const server = await start(document, "--tool-budget", "1000");
  const many = Array.from({ length: 60 }, (_, index) => [
    `/boxes${index}/{id}`,
    { get: { operationId: `getBox${index}`, summary: `Get box ${index}`, parameters: [ID] } },
  ]);
  const reload = async (paths: object) => {
    await writeDocument("modes", paths);
    await server.app.apis.reload();
  };
  const client = await NativeClient.connect(server.url);
  client.send({ type: "hello", capabilities: ["approval"] });
  const before = { api: api.requests.length, model: bedrock.requests.length };
  bedrock.script([
    { calls: [{ name: "getNote", input: { id: 7 } }] },
    { calls: [{ name: "deleteNote", input: { id: 7 } }] },
    { calls: [{ name: "call_operation", input: { name: "getBox3", arguments: { id: 7 } } }] },
    { text: "Done." },
    { text: "Again." },
  ]);
  client.send({ message: "delete note 7" });
  const { approval_id } = await client.waitFor("approval_request");
  await reload({ ...OPERATIONS, ...Object.fromEntries(many) });
  client.send({ type: "approve", approval_id, approved: true });
  await client.waitFor("ai_response", "error");
  await reload(OPERATIONS);
  client.send({ message: "thanks" });
  expect(await client.waitFor("ai_response", "error")).toMatchObject({ message: "Again." });
  client.close();
  expect(api.requests.slice(before.api)).toEqual(["GET /notes/7", "DELETE /notes/7", "GET /boxes3/7"]);
  const requests = bedrock.requests.slice(before.model);
  expect(requests.map(({ refusal }) => refusal)).toEqual(requests.map(() => undefined));
  const uses = requests.map((request) => blocksOf(request).flatMap(({ toolUse }) => toolUse?.name ?? []));
  const [own, searched] = [
    ["getNote", "deleteNote", "getBox3"],
    ["call_operation", "call_operation"],
  ];
  expect(uses).toEqual([[], ["getNote"], searched, [...searched, "call_operation"], own]);
});

describe("tools of an MCP server", () => {
  /** Starts specchat with an API and a server that has a number of tools. */
  async function startWithTools(count: number): Promise<Specchat> {
    const handler = createMcpHandler(() => {
      const server = new McpServer({ name: "boxes", version: "1" });
      for (let index = 0; index < count; index++)
        server.registerTool(
          `open_box_${index}_of_the_warehouse_in_lisbon`,
          {
            annotations: { readOnlyHint: true },
            description: `Opens box ${index}. ${"It is in a warehouse. ".repeat(10)}`,
          },
          () => ({ content: [{ type: "text", text: `box ${index}` }] }),
        );
      return server;
    });
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => handler.fetch(request) });
    toStop.push(async () => {
      await handler.close();
      await server.stop(true);
    });
    const mcp = ["--mcp", `http://127.0.0.1:${server.port}/mcp`, "--tool-map", "short"];
    const budget = ["--tool-budget", "3000"];
    return await start(await writeDocument(`mcp${count}`, OPERATIONS), ...mcp, ...budget);
  }

  test("are searched when they are hundreds, and their names stay within the budget of the map", async () => {
    const server = await startWithTools(200);
    const { requests, shown } = await call(
      server,
      { name: "find_operations", input: { queries: ["open box 7"] } },
      {
        name: "call_operation",
        input: { name: "127_0_0_1_open_box_7_of_the_warehouse_in_lisbon", arguments: {} },
      },
    );
    const [first, found, called] = requests;
    const results = ["read_result", "search_result", "query_result", "fetch_all", "show_chart"];
    const search = ["find_operations", "describe_operation", "call_operation"];
    expect(first && toolNames(first)).toEqual([...search, ...results]);
    expect(server.app.apis.current.toolTokens).toBeLessThan(2800);
    expect(JSON.stringify(first?.body.toolConfig)).toMatch(/warehouse_in_lisbon and \d+ more/);
    expect(resultIn(found)).toStartWith("127_0_0_1_open_box_7_of_the_warehouse_in_lisbon() Opens box 7");
    expect(resultIn(called)).toBe("box 7");
    expect(shown.at(-1)).toEqual(["127_0_0_1_open_box_7_of_the_warehouse_in_lisbon", {}]);
  });

  test("are described when they are few", async () => {
    const { requests } = await call(await startWithTools(2));
    expect(requests[0] && toolNames(requests[0])).toContain(
      "127_0_0_1_open_box_1_of_the_warehouse_in_lisbon",
    );
  });
});
