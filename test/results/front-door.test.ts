/** Tests responses of any size through a real server, with a strict stand-in for Bedrock and a scripted model. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BoundedResultStore } from "../../src/results/store.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let client: NativeClient;
let respond: (request: Request) => Response | Promise<Response> = () => new Response();
const folder = mkdtempSync(join(tmpdir(), "specchat-front-"));

async function start(...argv: string[]): Promise<void> {
  const spec = `${import.meta.dir}/../fixtures/pages.yaml`;
  specchat = await startSpecchat({
    argv: [
      "--spec",
      spec,
      "--base-url",
      api.url,
      "--model",
      MODEL,
      "--data-dir",
      folder,
      "--no-summarize",
      "--approve",
      "none",
      ...argv,
    ],
    model: createBedrockAt(bedrock.url),
  });
  client = await NativeClient.connect(specchat.url);
}

beforeEach(async () => {
  bedrock = await startBedrock();
  api = await startApi((request) => respond(request));
});

afterEach(async () => {
  client.close();
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
  expect(
    existsSync(join(folder, "results")) ? [...new Bun.Glob("*/*").scanSync(join(folder, "results"))] : [],
  ).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

interface SentMessage {
  readonly content: readonly {
    readonly toolResult?: { readonly content: readonly { readonly text?: string }[] };
  }[];
}

function messagesOf(request: { readonly body: object } | undefined): readonly SentMessage[] {
  const { messages = [] } = (request?.body ?? {}) as { readonly messages?: readonly SentMessage[] };
  return messages;
}

/** Returns the texts of the tool results in the last message of the newest request. */
function lastResults(): string[] {
  return (messagesOf(bedrock.requests.at(-1)).at(-1)?.content ?? []).flatMap(
    ({ toolResult }) => toolResult?.content.map(({ text = "" }) => text) ?? [],
  );
}

/** Runs a turn whose model makes these calls, one per round. Each call is built from the results so far. */
async function play(
  ...calls: readonly ((results: readonly string[]) => [string, Record<string, unknown>])[]
) {
  const results: string[] = [];
  let round = 0;
  bedrock.script(() => {
    if (round > 0) results.push(...lastResults());
    const next = calls[round++]?.(results);
    return next ? { calls: [{ name: next[0], input: next[1] }] } : { text: "Done." };
  });
  const frames = await client.runTurn("go");
  expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  return { results, frames, end: frames.at(-1) };
}

const text = (body: string, type = "text/plain") => new Response(body, { headers: { "content-type": type } });
const json = (value: unknown, headers: Record<string, string> = {}) => Response.json(value, { headers });

const LOG = `${Array.from({ length: 50_000 }, (_, index) => `2026-01-01 12:00:00 INFO request ${String(index).padStart(6, "0")} took ${index % 1000} ms and was answered; padding ${"x".repeat(31)}`).join("\n")}\n2026-01-01 13:00:00 ERROR the very last byte is here!`;
const ROWS = Array.from({ length: 20_000 }, (_, id) => ({
  id: BigInt("9007199254740993") + BigInt(id),
  name: `row ${id}`,
  price: id % 97,
  tags: ["one", "two"],
}));
const ROWS_TEXT = `[${ROWS.map((row) => `{"id":${row.id},"name":"${row.name}","price":${row.price},"tags":["one","two"]}`).join(",")}]`;
const LINE = `${"0123456789".repeat(300_000)}END`;

describe("the last byte of a response that no model can read at once is reached in", () => {
  test("a log of five megabytes", async () => {
    respond = () => text(LOG);
    await start("--max-response-size", "20000000");
    const { results, end } = await play(
      () => ["getLog", {}],
      ([shape = ""]) => ["read_result", { id: "r1", chunk: Number(/chunks 1 to (\d+)/.exec(shape)?.[1]) }],
      () => ["search_result", { id: "r1", pattern: "ERROR.*!$", around: 1 }],
      () => ["read_result", { id: "r1", from_line: 50_001 }],
    );
    expect(end).toMatchObject({ type: "ai_response", message: "Done." });
    expect(LOG.length).toBeGreaterThan(5_000_000);
    expect(results.map((result) => result.slice(-40))).toEqual(Array(4).fill(LOG.slice(-40)));
    expect(results[2]).toStartWith("[r1: 1 match]\n50000: ");
    expect(Math.max(...results.map(({ length }) => length))).toBeLessThan(21_000);
    expect(api.requests).toEqual(["GET /log"]);
  }, 30_000);

  test("a list of twenty thousand rows, with exact ids", async () => {
    respond = () => text(ROWS_TEXT, "application/json");
    await start();
    const { results, end } = await play(
      () => ["listRows", {}],
      () => ["query_result", { id: "r1", filter: "[-1].{id: id, name: name}" }],
      () => ["query_result", { id: "r1", filter: "length(@)" }],
      () => ["search_result", { id: "r1", text: "row 19999" }],
      () => ["query_result", { id: "r1", filter: "[*].name" }],
      () => ["query_result", { id: "r2", filter: "[-1]" }],
      () => ["query_result", { id: "r1", filter: "[?" }],
    );
    expect(end).toMatchObject({ type: "ai_response", message: "Done." });
    expect(results[0]).toContain(
      "Shape: 20000 × {id: integer, name: string, price: integer, tags: 2 × string}",
    );
    expect(results[0]).toContain('First 5 (20000 in all):\n{"id":9007199254740993,"name":"row 0"');
    expect(results.slice(1, 3)).toEqual(['{"id":9007199254760992,"name":"row 19999"}', "20000"]);
    expect(results[3]).toContain('"name":"row 19999","price":17,"tags":["one","two"]}]');
    expect(results[4]).toContain("Kept as r2.");
    expect(results[5]).toBe('"row 19999"');
    expect(results[6]).toStartWith("The filter was refused: Syntax error");
  }, 30_000);

  test("one line of three megabytes", async () => {
    respond = () => text(LINE);
    await start();
    const { results, end } = await play(
      () => ["getLog", {}],
      ([shape = ""]) => ["read_result", { id: "r1", chunk: /chunks 1 to (\d+)/.exec(shape)?.[1] }],
      () => ["search_result", { id: "r1", text: "end" }],
    );
    expect(end).toMatchObject({ type: "ai_response", message: "Done." });
    expect(results.map((result) => result.slice(-8))).toEqual(Array(3).fill("56789END"));
  }, 30_000);
});

test("every byte of a stored result can be read, even with a small message limit", async () => {
  const body = Array.from({ length: 3000 }, (_, index) => `line ${index} 😀`).join("\n");
  respond = () => text(body);
  await start("--max-message-size", "3000", "--max-tool-calls", "1");
  const count = Math.ceil(body.length / 2800);
  bedrock.script([
    { calls: [{ name: "getLog", input: {} }] },
    {
      calls: Array.from({ length: count }, (_, index) => ({
        name: "read_result",
        input: { id: "r1", chunk: index + 1 },
      })),
    },
    { text: "Done." },
  ]);
  expect((await client.runTurn("go")).at(-1)).toMatchObject({ stop_reason: "end_turn" });
  const parts = (messagesOf(bedrock.requests[2]).at(-1)?.content ?? []).map(
    ({ toolResult }) => toolResult?.content[0]?.text ?? "",
  );
  expect(parts.map((part) => part.slice(part.indexOf("\n") + 1)).join("")).toBe(body);
});

test("stored results stay within their limits over two hundred turns, and evicted ones are reported as removed", async () => {
  respond = () => text("x".repeat(300_000));
  await start(
    "--store",
    "memory",
    "--max-session-results",
    "3000000",
    "--max-results-memory",
    "1000000",
    "--max-results-disk",
    "1000000",
  );
  const { results } = specchat.app;
  if (!(results instanceof BoundedResultStore)) throw new Error("another store");
  bedrock.script((request) => {
    const last = messagesOf(request).at(-1)?.content ?? [];
    return last.some(({ toolResult }) => toolResult)
      ? { text: "Done." }
      : { calls: [{ name: "getLog", input: {} }] };
  });
  let [memory, disk] = [0, 0];
  for (let turn = 0; turn < 200; turn++) {
    expect((await client.runTurn(`turn ${turn}`)).at(-1)).toMatchObject({ message: "Done." });
    memory = Math.max(memory, results.sizes.inMemory);
    disk = Math.max(disk, results.sizes.onDisk);
  }
  expect([memory, disk]).toEqual([900_000, 900_000]);
  const { results: read } = await play(
    () => ["read_result", { id: "r1" }],
    () => ["read_result", { id: "r195" }],
    () => ["read_result", { id: "r999" }],
  );
  expect(read).toEqual([
    "The result r1 was removed to make room for newer ones. Call its tool again.",
    expect.stringMatching(/^\[r195, chunk 1 of 16, .*\]\nxxx/),
    'There is no result "r999"; the kept results are r195, r196, r197, r198, r199, r200.',
  ]);
}, 60_000);

test("a million characters read in one turn take at most half of the model's context", async () => {
  respond = () => text("x".repeat(1_000_000));
  await start();
  bedrock.script([
    { calls: [{ name: "getLog", input: {} }] },
    {
      calls: Array.from({ length: 50 }, (_, index) => ({
        name: "read_result",
        input: { id: "r1", chunk: index + 1 },
      })),
    },
    { text: "Done." },
  ]);
  expect((await client.runTurn("go")).at(-1)).toMatchObject({ message: "Done." });
  expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  const size = lastResults().reduce((sum, result) => sum + result.length, 0);
  expect(size).toBeLessThan(500_000);
  expect(lastResults().at(-1)).toEndWith("this turn's budget is nearly used up. Ask for less.]");
});

test("`clear` deletes the stored results", async () => {
  respond = () => text(LINE);
  await start();
  await play(() => ["getLog", {}]);
  client.send({ type: "clear" });
  await client.waitFor("history_cleared");
  const { results } = await play(() => ["read_result", { id: "r1" }]);
  expect(results).toEqual(["No result is kept."]);
});

describe("the `_filter` argument", () => {
  test("selects what the model sees, with exact integers, and is not sent to the API", async () => {
    respond = () => text(ROWS_TEXT, "application/json");
    await start();
    const { results } = await play(() => ["listRows", { per_page: 5, _filter: "[:2].[id, name]" }]);
    expect(results).toEqual([
      expect.stringMatching(
        /^HTTP 200 OK\nMore: .*\n\n\[\[9007199254740993,"row 0"\],\[9007199254740994,"row 1"\]\]$/,
      ),
    ]);
    expect(api.requests).toEqual(["GET /rows?per_page=5"]);
  });

  test("stores the response with the error when it is invalid, so that no second call is needed", async () => {
    respond = () => text(ROWS_TEXT, "application/json");
    await start();
    const { results } = await play(
      () => ["listRows", { _filter: "[?price >" }],
      () => ["query_result", { id: "r1", filter: "[?price > `95`] | length(@)" }],
    );
    expect(results[0]).toMatch(
      /^HTTP 200 OK\n(More: .*\n)?Filter not applied: Syntax error.*\n\[Too long to show whole/,
    );
    expect(results[1]).toBe("206");
    expect(api.requests).toEqual(["GET /rows"]);
  });

  test("is accepted by tools that write, and is not applied to a failure or a text", async () => {
    respond = ({ method }) => (method === "POST" ? json({ id: 7, name: "new" }) : text("plain"));
    await start();
    const { results } = await play(
      () => ["createRow", { name: "new", _filter: "id" }],
      () => ["getLog", { _filter: "id" }],
      () => ["listRows", { page: 0, _filter: "id" }],
    );
    expect(results).toEqual([
      "7",
      "HTTP 200 OK\nFilter not applied: The response is not a JSON list or object. The call was carried out, and this is its full response.\n\nplain",
      expect.stringContaining("Request not sent: invalid arguments"),
    ]);
    expect(api.requests).toEqual(['POST /rows {"name":"new"}', "GET /log"]);
  });

  test("is declared by read-only tools, explained once, and identical in every request", async () => {
    respond = () => json([]);
    await start();
    await play(() => ["listRows", {}]);
    await play();
    const configs = bedrock.requests.map(({ body }) => JSON.stringify([body.toolConfig, body.system]));
    expect(new Set(configs).size).toBe(1);
    const { tools } = (bedrock.requests[0]?.body.toolConfig ?? { tools: [] }) as unknown as {
      tools: { toolSpec?: { name: string; inputSchema: { json: { properties: object } } } }[];
    };
    const specs = tools.flatMap(({ toolSpec }) => (toolSpec ? [toolSpec] : []));
    expect(specs.map(({ name, inputSchema }) => [name, "_filter" in inputSchema.json.properties])).toEqual([
      ["listRows", true],
      ["createRow", false],
      ["listEvents", true],
      ["listEntities", true],
      ["listAudit", true],
      ["getLog", true],
      ["read_result", false],
      ["search_result", false],
      ["query_result", false],
      ["fetch_all", true],
      ["show_chart", false],
    ]);
    expect(configs[0]?.match(/JMESPath expression over/g)).toHaveLength(1);
  });
});

/** Serves 250 rows by page. */
function pages(request: Request): Response {
  const query = new URL(request.url).searchParams;
  const [page, size] = [Number(query.get("page") ?? 1), Number(query.get("per_page") ?? 100)];
  const all = Array.from({ length: 250 }, (_, id) => ({ id }));
  return json({ items: all.slice((page - 1) * size, page * size), total: all.length });
}

describe("the pages of a list", () => {
  test("are announced whether the response is parsed here or in a worker, with a filter and without", async () => {
    await start();
    for (const count of [20, 6000]) {
      const items = Array.from({ length: count }, (_, id) => ({
        id,
        name: `row ${id}`,
        note: "n".repeat(100),
      }));
      respond = () => json({ items, page: 1, total_pages: 3 });
      const { results } = await play(
        () => ["listRows", { _filter: "items[-1].id" }],
        () => ["listRows", {}],
      );
      const more = 'More: this is a page. Next: listRows {"page":2}. All: fetch_all.';
      expect(results[0]).toBe(`HTTP 200 OK\n${more}\n\n${count - 1}`);
      expect(results[1]).toStartWith(`HTTP 200 OK\n${more}\n`);
      expect(results[1]).toContain('{"id":0,"name":"row 0"');
    }
  });

  test("are announced with the call that fetches the next one", async () => {
    respond = pages;
    await start();
    const { results } = await play(() => ["listRows", { _filter: "items | length(@)" }]);
    expect(results).toEqual([
      'HTTP 200 OK\nMore: this is a page of 250 in all. Next: listRows {"page":2}. All: fetch_all.\n\n100',
    ]);
  });

  test("are fetched together as one call, with progress for the user", async () => {
    respond = pages;
    await start("--max-tool-calls", "1");
    const { results, frames } = await play(() => [
      "fetch_all",
      { tool: "listRows", arguments: { per_page: 100 }, _filter: "{count: length(@), last: [-1].id}" },
    ]);
    expect(results).toEqual([
      'HTTP 200 OK\nAll of the list: 250 records from 3 pages.\n\n{"count":250,"last":249}',
    ]);
    expect(api.requests).toEqual([
      "GET /rows?per_page=100",
      "GET /rows?page=2&per_page=100",
      "GET /rows?page=3&per_page=100",
    ]);
    expect(frames.flatMap((frame) => (frame.type === "notice" ? [frame] : []))).toEqual([
      { type: "notice", code: "progress", message: "listRows: 100 of 250 records, 1 pages so far." },
      { type: "notice", code: "progress", message: "listRows: 200 of 250 records, 2 pages so far." },
      { type: "notice", code: "progress", message: "listRows: 250 records, 3 pages so far." },
    ]);
    expect(frames.flatMap((frame) => (frame.type === "tool_call" ? [frame] : []))).toEqual([
      expect.not.objectContaining({ method: expect.anything() }),
    ]);
  });

  test("are fetched the same when they are too long to be parsed here, with exact ids", async () => {
    const note = "é".repeat(300);
    const record = (id: number) => `{"id":${9_007_199_254_740_993n + BigInt(id)},"note":"${note}"}`;
    const page = (from: number) =>
      `[${Array.from({ length: 2000 }, (_, index) => record(from + index)).join(",")}]`;
    // The second page begins with the last record of the first.
    const pages = [page(0), page(1999), "[]"];
    respond = (request) =>
      text(pages[Number(new URL(request.url).searchParams.get("page") ?? 1) - 1] ?? "[]", "application/json");
    await start("--max-response-size", "20000000");
    const { results } = await play(
      () => [
        "fetch_all",
        { tool: "listRows", arguments: { per_page: 2000 }, _filter: "[[0].id, [-1].id, length(@)]" },
      ],
      () => ["fetch_all", { tool: "listRows", arguments: { per_page: 2000 } }],
      () => ["query_result", { id: "r1", filter: "[1999:2001].id" }],
    );
    expect(results[0]).toBe(
      `HTTP 200 OK\nAll of the list: 3999 records from 3 pages.\n\n[9007199254740993,${9_007_199_254_740_993n + 3998n},3999]`,
    );
    expect(results[1]).toStartWith("HTTP 200 OK\nAll of the list: 3999 records from 3 pages.\n");
    expect(results[2]).toBe(`[${9_007_199_254_740_993n + 1999n},${9_007_199_254_740_993n + 2000n}]`);
  });

  test("end at the configured limits, and the result says what is missing", async () => {
    respond = pages;
    await start("--max-pages", "2");
    const { results } = await play(() => [
      "fetch_all",
      { tool: "listRows", arguments: {}, _filter: "length(@)" },
    ]);
    expect(results).toEqual([
      'HTTP 200 OK\nPart of the list: 200 records from 2 pages.\nNot complete: the limit of 2 pages was reached; the next page is listRows {"page":3}.\n\n200',
    ]);
  });

  test("follow a link of the same operation with its undeclared parameters, and no other link", async () => {
    respond = (request) => {
      const { origin, searchParams } = new URL(request.url);
      const cursor = searchParams.get("cursor");
      const events = [{ at: cursor ?? "start" }];
      const next = { null: "b", b: "c" }[String(cursor)];
      const base = next === "c" ? "https://elsewhere.example/steal" : `${origin}/events`;
      return json({ events, next: next && `${base}?cursor=${next}&shard=1%262` });
    };
    await start();
    const { results } = await play(() => ["fetch_all", { tool: "listEvents", arguments: { kind: "x" } }]);
    expect(results).toEqual([
      `HTTP 200 OK\nPart of the list: 2 records from 2 pages.\nNot complete: the API's link to the next page is no call of listEvents: https://elsewhere.example/steal?cursor=c&shard=1%262.\n\n[{"at":"start"},{"at":"b"}]`,
    ]);
    expect(api.requests).toEqual(["GET /events?kind=x", "GET /events?cursor=b&kind=x&shard=1%262"]);
  });

  test("end with what was fetched when they repeat, fail or hold no list", async () => {
    let count = 0;
    respond = (request) => {
      const { pathname, searchParams } = new URL(request.url);
      count += 1;
      if (pathname === "/events") return json({ items: [count], next_cursor: count % 2 ? "odd" : "even" });
      if (pathname === "/log") return json({ message: "no list" });
      return searchParams.has("page")
        ? json({ message: "broken" }, { status: "500" })
        : json({ items: [1], total: 9 });
    };
    await start();
    const { results } = await play(
      () => ["fetch_all", { tool: "listEvents", arguments: {} }],
      () => ["fetch_all", { tool: "getLog", arguments: {} }],
      () => ["fetch_all", { tool: "createRow", arguments: {} }],
      () => ["fetch_all", { tool: "listAudit", arguments: {} }],
      () => ["fetch_all", { tool: "nothing", arguments: {} }],
    );
    expect(results).toEqual([
      "HTTP 200 OK\nPart of the list: 3 records from 3 pages.\nNot complete: the API names a page as the next one that was already fetched.\n\n[1,2,3]",
      'getLog returned no list:\n{"message":"no list"}',
      "createRow changes data; only read-only tools can be fetched page by page.",
      "listAudit needs approval for each call; call it directly, page by page.",
      'There is no tool "nothing".',
    ]);
  });

  test("stop when the user stops the turn", async () => {
    respond = pages;
    await start();
    const secondPage = Promise.withResolvers<void>();
    let count = 0;
    respond = async (request) => {
      count += 1;
      if (count === 2) await secondPage.promise;
      return pages(request);
    };
    bedrock.script([{ calls: [{ name: "fetch_all", input: { tool: "listRows", arguments: {} } }] }]);
    client.send({ message: "go" });
    await client.waitFor("notice");
    client.send({ type: "stop" });
    expect(await client.waitFor("ai_response")).toMatchObject({ stop_reason: "stopped" });
    secondPage.resolve();
    expect(api.requests.length).toBeLessThanOrEqual(2);
  });
});
