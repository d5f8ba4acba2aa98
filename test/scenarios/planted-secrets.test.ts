/** Every secret is planted, the server is kept busy, and everything that it wrote or sent is searched. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import { SignJWT } from "jose";
import { createLog } from "../../src/telemetry/log.ts";
import { connect as connectMcp, createHttpTransport } from "../protocols/mcp/client.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import { PROTOCOL_TURNS, type TurnClient } from "../support/protocol-turns.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type ScriptedModel,
} from "../support/scripted-model.ts";

/** Names say where a secret is planted. All values are made up. */
const SECRETS = {
  apiCredential: "planted-Credential/of+API=1",
  apiHeader: "planted-Header/of+API=2",
  specHeader: "planted-Header/of+DOC=3",
  specQuery: "planted-query-of-doc-4",
  mcpHeader: "planted-Header/of+MCP=5",
  cookieSecret: "planted-cookie-secret-6",
  auditKey: "planted-audit-key-7",
  metricsToken: "planted-metrics-token-8",
  traceHeader: "planted-trace-header-9",
  jwtKey: "planted-jwt-key-of-more-than-32-bytes-10",
  callerKey: "planted-api-key-of-a-caller-11",
  wrongKey: "planted-wrong-key-of-a-caller-12",
  forwarded: "planted-forwarded-header-13",
} as const;
const MODEL = "amazon.nova-micro-v1:0";
/** A text of an answer. It belongs to the conversation. */
const ANSWER = "planted-answer-14";

let folder: string;
let specchat: Specchat;
let model: ScriptedModel;
let token: string;
const log: string[] = [];
const collected: string[] = [];
/** What each outside system received. */
const received: Record<"api" | "documents" | "mcp" | "collector", string[]> = {
  api: [],
  documents: [],
  mcp: [],
  collector: [],
};
/** What the server wrote and sent, by place. */
const places: Record<string, string> = {};
const toStop: (() => unknown)[] = [];

function serve(
  name: keyof typeof received,
  respond: (request: Request) => Response | Promise<Response>,
): string {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      received[name].push(`${request.url} ${JSON.stringify(Object.fromEntries(request.headers))}`);
      if (name === "collector")
        collected.push(Buffer.from(await request.clone().arrayBuffer()).toString("latin1"));
      return await respond(request);
    },
  });
  toStop.push(() => server.stop(true));
  return `http://127.0.0.1:${server.port}`;
}

const operation = (operationId: string) => ({ operationId, security: [{ key: [] }], responses: {} });
const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  paths: {
    "/echo": { get: operation("echo"), post: operation("change") },
    "/fails": { get: operation("fails") },
    "/file": { get: operation("file") },
    "/long": { get: operation("long") },
  },
  components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Key" } } },
};
const CALLS = ["echo", "fails", "file", "long", "raw_echo", "change"];

/** An API that repeats every header that it receives. */
function respondAsApi(request: Request): Response {
  const headers = Object.fromEntries(request.headers);
  const text = JSON.stringify({
    headers,
    note: ANSWER,
    next: `/echo?key=${encodeURIComponent(headers["x-key"] ?? "")}`,
  });
  switch (new URL(request.url).pathname) {
    case "/fails":
      return new Response(`Denied: ${text}`, { status: 500 });
    case "/file":
      return new Response(`\0${text}`, { headers: { "Content-Type": "application/octet-stream" } });
    case "/long":
      return Response.json(Array.from({ length: 600 }, (_, id) => ({ id, headers })));
    default:
      return new Response(text, {
        headers: { "Content-Type": "application/json", "X-Echo": headers["x-key"] ?? "" },
      });
  }
}

function respondAsMcp(): (request: Request) => Promise<Response> {
  let headers: Record<string, string> = {};
  const handler = createMcpHandler(() => {
    const server = new Server({ name: "raw", version: "1" }, { capabilities: { tools: {} } });
    server.setRequestHandler("tools/list", () => ({
      tools: [{ name: "echo", inputSchema: { type: "object" as const } }],
    }));
    server.setRequestHandler("tools/call", () => ({
      content: [{ type: "text", text: JSON.stringify(headers) }],
    }));
    return server;
  });
  toStop.push(() => handler.close());
  return async (request) => {
    headers = Object.fromEntries(request.headers);
    return await handler.fetch(request);
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "planted-"));
  const api = serve("api", respondAsApi);
  const documents = serve("documents", () => Response.json(DOCUMENT));
  const mcp = serve("mcp", respondAsMcp());
  const collector = serve("collector", () => new Response());
  const raw = { url: `${mcp}/mcp`, headers: { "X-Key": SECRETS.mcpHeader } };
  await Bun.write(join(folder, "mcp.json"), JSON.stringify({ mcpServers: { raw } }));
  model = createScriptedModel(({ messages }) => {
    const begin = messages.findLastIndex(({ role }) => role === "user");
    const made = messages.slice(begin).filter(({ role }) => role === "assistant").length;
    const name = CALLS[made];
    return name ? replyWithCalls([`${begin}-${made}`, name, {}]) : replyWithText("Done.");
  });
  specchat = await startSpecchat({
    argv: [
      ...["--spec", `${documents}/openapi.json?sig=${SECRETS.specQuery}`, "--base-url", api],
      ...["--spec-header", `X-Doc: ${SECRETS.specHeader}`, "--api-header", `X-Team: ${SECRETS.apiHeader}`],
      ...["--api-credential", `key: ${SECRETS.apiCredential}`, "--forward-headers", "X-Forwarded-Secret"],
      ...["--mcp-config", join(folder, "mcp.json"), "--model", MODEL, "--approve", "none"],
      ...["--cookie-secret", SECRETS.cookieSecret, "--metrics-token", SECRETS.metricsToken],
      ...[
        "--api-keys",
        `team:${SECRETS.callerKey}`,
        "--jwt-key",
        SECRETS.jwtKey,
        "--jwt-audience",
        "specchat",
      ],
      ...[
        "--audit-log",
        join(folder, "audit.jsonl"),
        "--audit-key",
        SECRETS.auditKey,
        "--audit-arguments",
        "all",
      ],
      ...["--phoenix-endpoint", `${collector}/v1/traces`, "--trace-headers", `x-key=${SECRETS.traceHeader}`],
      ...["--data-dir", join(folder, "data"), "--trace-content"],
    ],
    model,
    ports: { log: createLog({ level: "debug", now: () => new Date(), write: (line) => log.push(line) }) },
  });
  token = await new SignJWT({ sub: "ada" })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience("specchat")
    .setExpirationTime("5m")
    .sign(new TextEncoder().encode(SECRETS.jwtKey));
  await keepBusy();
  await collect();
}, 60_000);

afterAll(async () => {
  for (const stop of toStop) await stop();
  await rm(folder, { recursive: true, force: true });
});

async function keepBusy(): Promise<void> {
  const clientOf = (credential: string): TurnClient => ({
    url: specchat.url,
    model: MODEL,
    headers: { Authorization: `Bearer ${credential}`, "X-Forwarded-Secret": SECRETS.forwarded },
  });
  const sent: string[] = [];
  for (const run of Object.values(PROTOCOL_TURNS))
    for (const credential of [SECRETS.callerKey, token, SECRETS.wrongKey])
      sent.push(await run(clientOf(credential)).catch(({ message }: Error) => message));
  const mcp = await connectMcp(createHttpTransport(specchat.url, clientOf(SECRETS.callerKey)));
  for (const name of CALLS) sent.push(JSON.stringify(await mcp.callTool({ name, arguments: {} })));
  await mcp.close();
  places["clients' answers"] = sent.join("\n");
}

/** Gathers everything that the server has written or sends. */
async function collect(): Promise<void> {
  const get = async (path: string, credential: string) => {
    const response = await fetch(`${specchat.url}${path}`, {
      headers: { Authorization: `Bearer ${credential}` },
    });
    return `${path} ${response.status} ${JSON.stringify(Object.fromEntries(response.headers))} ${await response.text()}`;
  };
  places.metrics = await get("/metrics", SECRETS.metricsToken);
  const { url } = specchat;
  const list = await fetch(`${url}/bedrock-chat/sessions`, {
    headers: { Authorization: `Bearer ${SECRETS.callerKey}` },
  });
  const { sessions } = (await list.json()) as { sessions: { session_id: string }[] };
  const paths = sessions.flatMap(({ session_id: id }) => [
    `/bedrock-chat/sessions/${id}/export`,
    `/bedrock-chat/sessions/${id}/export?format=json`,
  ]);
  places.exports = (await Promise.all(paths.map((path) => get(path, SECRETS.callerKey)))).join("\n");
  const pages = [
    "/",
    "/health",
    "/readyz",
    "/openapi.json",
    "/docs",
    "/bedrock-chat/ui",
    "/bedrock-chat/health",
    "/v1/models",
  ];
  places.pages = (await Promise.all(pages.map((path) => get(path, SECRETS.callerKey)))).join("\n");
  places.model = JSON.stringify(model.requests);
  await specchat.stop();
  places.log = log.join("");
  places.traces = collected.join("\n");
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile() && entry.name !== "mcp.json")) {
    const name = file.name.startsWith("audit") && file.parentPath === folder ? "audit log" : "data folder";
    places[name] = `${places[name] ?? ""}${await readFile(join(file.parentPath, file.name), "latin1")}`;
  }
}

/** A secret as it stands, and encoded in the ways of URLs, JSON and headers. */
function formsOf(secret: string): readonly string[] {
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    secret.replaceAll("/", "\\/"),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("hex"),
  ];
}

const PLACES = [
  "clients' answers",
  "metrics",
  "exports",
  "pages",
  "model",
  "log",
  "traces",
  "audit log",
  "data folder",
];

test("Every place was filled.", () => {
  expect(Object.keys(places).toSorted()).toEqual(PLACES.toSorted());
  expect(places.metrics).toContain("specchat_");
  expect(places.traces).toContain("execute_tool");
  expect(places["audit log"]?.match(/"event":"tool_call"/g)?.length).toBeGreaterThan(50);
  expect(places["audit log"]).toContain('"event":"denied"');
  for (const name of ["clients' answers", "exports", "model", "data folder"])
    expect(places[name]).toContain(ANSWER);
  expect(places.log).toContain("turn");
});

describe.each(PLACES)("Secrets in: %s", (place) => {
  test("none.", () => {
    const text = places[place] ?? "";
    const planted = { ...SECRETS, token };
    const found = Object.entries(planted).filter(([, secret]) =>
      formsOf(secret).some((form) => text.includes(form)),
    );
    expect(found.map(([name]) => name)).toEqual([]);
  });
});

test("An answer is in the conversation and in traces with --trace-content, but not in log, metrics and audit log.", () => {
  const holders = PLACES.filter((place) => places[place]?.includes(ANSWER));
  expect(holders.toSorted()).toEqual(["clients' answers", "data folder", "exports", "model", "traces"]);
});

test("Each outside system received its own secrets, and no other.", () => {
  const belongs: Record<keyof typeof received, readonly (keyof typeof SECRETS)[]> = {
    api: ["apiCredential", "apiHeader", "forwarded"],
    documents: ["specHeader", "specQuery"],
    mcp: ["mcpHeader"],
    collector: ["traceHeader"],
  };
  const found = Object.fromEntries(
    Object.entries(received).map(([name, requests]) => [
      name,
      Object.entries({ ...SECRETS, token })
        .filter(([, secret]) => formsOf(secret).some((form) => requests.join("\n").includes(form)))
        .map(([secret]) => secret),
    ]),
  );
  expect(found).toEqual(belongs as never);
});
