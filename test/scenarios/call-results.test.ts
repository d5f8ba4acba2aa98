/** The whole results and the requests of calls, which the page reads over HTTP. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { SessionId } from "../../src/chat/types.ts";
import type { ModelRequest } from "../../src/model/types.ts";
import type { ResultPartFrame } from "../../src/protocols/native/http-types.ts";
import { issueCookie } from "../support/browser-cookie.ts";
import { NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type Script,
} from "../support/scripted-model.ts";

const ROWS = Array.from({ length: 20_000 }, (_, index) => ({
  id: 9_007_199_254_740_993n + BigInt(index),
  name: `Row ${index} — ${"ä".repeat(60)}`,
}));
const LONG = `[${ROWS.map(({ id, name }) => `{"id":${id},"name":"${name}"}`).join(",")}]`;

/** Latin-1, as old APIs export it. */
const REPORT = new Uint8Array(Buffer.from("city;total\r\nZürich;5\r\n", "latin1"));
const REPORT_HEADERS = {
  "Content-Type": "text/csv; charset=iso-8859-1",
  "Content-Disposition": "attachment; filename*=UTF-8''report%207.csv",
};

const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "Rows", version: "1" },
  components: { securitySchemes: { key: { type: "apiKey", in: "query", name: "key" } } },
  paths: {
    "/rows": {
      get: { operationId: "listRows", summary: "List rows", responses: {}, security: [{ key: [] }] },
      post: {
        operationId: "addRow",
        summary: "Add a row",
        requestBody: { content: { "application/json": { schema: { type: "object" } } } },
        responses: {},
      },
    },
    "/report": { get: { operationId: "getReport", responses: {} } },
    "/few": { get: { operationId: "listFew", responses: {} } },
    "/rows/{id}": {
      get: {
        operationId: "getRow",
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
        responses: {},
      },
    },
  },
};

let api: ReturnType<typeof Bun.serve>;
let specchat: Specchat;
let folder: string;
let cookie: string;
let scripts: Script[] = [];

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-calls-`);
  api = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/rows")
        return new Response(LONG, { headers: { "Content-Type": "application/json" } });
      if (pathname === "/report") return new Response(REPORT, { headers: REPORT_HEADERS });
      if (pathname === "/few") return Response.json({ items: [{ id: 1 }, { id: 2 }], total: 2 });
      return Response.json({ id: 1, parts: [{ a: 1 }, { a: 2 }] });
    },
  });
  await Bun.write(`${folder}/rows.json`, JSON.stringify(DOCUMENT));
  const key = "s3cret-key";
  specchat = await startSpecchat({
    argv: ["--spec", `${folder}/rows.json`, "--base-url", api.url.origin, "--api-credential", `key: ${key}`],
    model: createScriptedModel((_request: ModelRequest) => scripts.shift() ?? replyWithText("Done.")),
  });
});

beforeEach(async () => {
  cookie = await issueCookie(specchat.url);
});

afterAll(async () => {
  await specchat.stop();
  await api.stop(true);
  await rm(folder, { recursive: true });
});

/** Runs a turn in a new session, and returns the session and the results of its calls. */
async function runCalls(...calls: readonly [string, string, Record<string, unknown>][]) {
  scripts = [replyWithCalls(...calls)];
  const client = await NativeClient.connect(specchat.url, { Cookie: cookie });
  const { session_id } = await client.waitFor("connection_established");
  const frames = await client.runTurn("Go.");
  client.close();
  const results = frames.flatMap((frame) => (frame.type === "tool_result" ? [frame] : []));
  return { session: session_id, frames, results };
}

const read = (path: string, asCookie = cookie) =>
  fetch(`${specchat.url}/bedrock-chat/sessions/${path}`, { headers: { Cookie: asCookie } });

async function readWhole(session: string, call: string) {
  const parts: ResultPartFrame[] = [];
  for (let from: number | null = 0; from !== null; from = parts.at(-1)?.next ?? null)
    parts.push(await (await read(`${session}/calls/${call}/result?from=${from}`)).json());
  return { head: parts[0]?.head, text: parts.map(({ text }) => text).join(""), count: parts.length };
}

test("a result that is too long for the model is read whole, in parts, also after its turn", async () => {
  const { session, results } = await runCalls(["c1", "listRows", {}]);
  expect(results).toMatchObject([{ status: "ok", rows: 20_000, whole_length: LONG.length }]);
  expect(await readWhole(session, "c1")).toEqual({ head: [], text: LONG, count: 3 });
  const part = await (await read(`${session}/calls/c1/result?from=${LONG.length}`)).json();
  expect(part).toEqual({ head: [], text: "", next: null, length: LONG.length });
}, 30_000);

test("a short result is the stored one, and its frame counts its records", async () => {
  const { session, results } = await runCalls(["c1", "listFew", {}], ["c2", "getRow", { id: 7 }]);
  expect(results.map(({ rows, whole_length }) => [rows, whole_length])).toEqual([
    [2, undefined],
    [undefined, undefined],
  ]);
  expect(await readWhole(session, "c1")).toEqual({
    head: [],
    text: '{"items":[{"id":1},{"id":2}],"total":2}',
    count: 1,
  });
});

test("a text that the API sends as an attachment is a file with its name, and the model reads it too", async () => {
  const { results } = await runCalls(["c1", "getReport", {}]);
  const [result] = results;
  expect(result).toMatchObject({
    status: "ok",
    result:
      "HTTP 200 OK\nNote: the person sees this response as a download named report 7.csv.\n\ncity;total\r\nZürich;5\r\n",
    file: { name: "report 7.csv", media_type: "text/csv", size: REPORT.length },
  });
  const file = await fetch(new URL(result?.file?.url ?? "", `${specchat.url}/bedrock-chat/ws`), {
    headers: { Cookie: cookie },
  });
  expect(file.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''report%207.csv");
  expect(await file.bytes()).toEqual(REPORT);
});

test("a chart is made of rows, or of a kept result and a filter, and its frame says so", async () => {
  const spec = { type: "bar", title: "Rows", x: "name", y: ["id"] };
  const { session, frames } = await runCalls(["c1", "listRows", {}]);
  expect(frames.find((frame) => frame.type === "tool_call")).not.toHaveProperty("chart");
  const client = await NativeClient.connect(specchat.url, { Cookie: cookie });
  client.send({ type: "resume", session_id: session, last_seq: 0 });
  await client.waitFor("ai_response");
  const filter = "[:2].{name: to_string(id), id: length(name)}";
  scripts = [
    replyWithCalls(
      ["c2", "show_chart", { ...spec, id: "r1", filter }],
      ["c3", "show_chart", { ...spec, rows: [{ name: "a", id: 1 }] }],
      ["c4", "show_chart", { ...spec, id: "r9" }],
    ),
  ];
  client.send({ message: "Draw." });
  await client.waitFor("ai_response");
  client.close();
  const after = client.frames.filter((frame) => "tool_call_id" in frame && frame.tool_call_id !== "c1");
  expect(
    after.flatMap((frame) => (frame.type === "tool_call" ? [[frame.chart, frame.summary]] : [])),
  ).toEqual(Array(3).fill([true, "Draw a chart"]));
  const results = after.flatMap((frame) => (frame.type === "tool_result" ? [frame] : []));
  expect(results.map(({ status }) => status)).toEqual(["ok", "ok", "failed"]);
  expect(results.slice(0, 2).map(({ result }) => JSON.parse(result))).toMatchObject([
    {
      chart: { ...spec, stacked: false },
      rows: [
        ["9007199254740993", 68],
        ["9007199254740994", 68],
      ],
    },
    { rows: [["a", 1]] },
  ]);
  expect(results[2]?.result).toMatch(/^There is no result "r9"/);
});

test("`--no-charts` switches the tool off", async () => {
  const model = createScriptedModel([
    replyWithCalls(["c1", "show_chart", { type: "bar" }]),
    replyWithText("Done."),
  ]);
  const plain = await startSpecchat({ argv: ["--no-charts"], model });
  const client = await NativeClient.connect(plain.url);
  await client.runTurn("Draw.");
  client.close();
  await plain.stop();
  const names = (model.requests[0]?.tools ?? []).map(({ name }) => name);
  expect([names.includes("query_result"), names.includes("show_chart")]).toEqual([true, false]);
  expect(model.requests[0]?.system).not.toContain("show_chart");
  expect(client.frames.find((frame) => frame.type === "tool_result")).toMatchObject({
    result: expect.stringContaining('Unknown tool "show_chart"'),
  });
});

test("the results and requests of calls are for the owner of the session", async () => {
  const { session } = await runCalls(["c1", "listFew", {}]);
  const other = await issueCookie(specchat.url);
  for (const path of ["calls/c1/result", "calls/c1/request"]) {
    expect((await read(`${session}/${path}`)).status).toBe(200);
    for (const stranger of [other, ""]) {
      const refused = await read(`${session}/${path}`, stranger);
      expect([refused.status, await refused.json()]).toEqual([404, { detail: expect.any(String) }]);
    }
  }
  expect((await read(`${session}/calls/c9/result`)).status).toBe(404);
  expect((await read(`${session}/calls/c1/result?from=-1`)).status).toBe(400);
});

test("the request of a call has no secrets and no filter", async () => {
  const { session } = await runCalls(["c1", "listRows", { _filter: "[0]" }]);
  expect(await (await read(`${session}/calls/c1/request`)).json()).toEqual({
    method: "GET",
    url: `${api.url.origin}/rows?key=***`,
  });
});

test("a stored result that is no longer kept is a 404 that says so", async () => {
  const { session } = await runCalls(["c1", "listRows", {}]);
  await specchat.app.results.deleteSession(session as SessionId);
  const gone = await read(`${session}/calls/c1/result`);
  expect([gone.status, await gone.json()]).toEqual([
    404,
    { detail: "The whole result is no longer kept. Ask for it again." },
  ]);
});

test("a frame says why nothing was sent, and what a tool does", async () => {
  scripts = [replyWithCalls(["c1", "addRow", { name: "x" }], ["c2", "getRow", { id: "many" }])];
  const client = await NativeClient.connect(specchat.url, { Cookie: cookie });
  client.send({ type: "hello", capabilities: ["approval"] });
  client.send({ message: "Go." });
  const { approval_id } = await client.waitFor("approval_request");
  client.send({ type: "approve", approval_id, approved: false });
  await client.waitFor("ai_response");
  client.close();
  const { frames } = client;
  expect(frames.flatMap((frame) => (frame.type === "tool_call" ? [frame.summary] : []))).toEqual([
    "Add a row",
    undefined,
  ]);
  expect(
    frames.flatMap((frame) =>
      frame.type === "tool_result" ? [[frame.tool_call_id, frame.status, frame.refused]] : [],
    ),
  ).toEqual([
    ["c2", "failed", "arguments"],
    ["c1", "failed", "person"],
  ]);
});
