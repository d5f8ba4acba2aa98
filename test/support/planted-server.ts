/** A server with a made-up secret in every place, kept busy by every protocol, and everything that it wrote or sent. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import { SignJWT } from "jose";
import { createFetch } from "../../src/app/fetch.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { connect as connectMcp, createHttpTransport } from "../protocols/mcp/client.ts";
import { startDynamo } from "../store/dynamodb/dynamodb-server.ts";
import { type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import { NativeClient, type Specchat, testPorts } from "./harness.ts";
import { CookieBrowser } from "./oidc-browser.ts";
import { PROTOCOL_TURNS, type TurnClient } from "./protocol-turns.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "./scripted-model.ts";
import { startProviderFor, startSignInServer } from "./signed-in-server.ts";
import { SPECCHAT } from "./specchat-command.ts";

/** Names say where a secret is planted. All values are made up. */
export const SECRETS = {
  apiCredential: "planted-Credential/of+API=1",
  apiHeader: "planted-Header/of+API=2",
  specHeader: "planted-Header/of+DOC=3",
  specQuery: "planted-query-of-doc-4",
  mcpHeader: "planted-Header/of+MCP=5",
  cookieSecret: "planted-cookie-secret-of-32-bytes-6",
  auditKey: "planted-audit-key-7",
  metricsToken: "planted-metrics-token-8",
  traceHeader: "planted-trace-header-9",
  jwtKey: "planted-jwt-key-of-more-than-32-bytes-10",
  callerKey: "planted-api-key-of-a-caller-11",
  wrongKey: "planted-wrong-key-of-a-caller-12",
  forwarded: "planted-forwarded-header-13",
  apiQuery: "planted-key-in-query-of-API-15",
  apiPassword: "planted-password/of+API-16",
  personal: "planted-key-of-a-person-17",
  jwtSecret: "planted-jwt-secret-of-dashboard-18",
  mcpQuery: "planted-query-of-MCP-19",
  mcpVariable: "planted-variable-of-MCP-20",
  traceQuery: "planted-query-of-traces-21",
  proxy: "planted-password-of-proxy-22",
  storePassword: "planted-password-of-store-23",
  awsSecret: "planted-secret-key-of-AWS-24",
} as const;
export type SecretName = keyof typeof SECRETS;

/** A text of an answer. It belongs to the conversation. */
export const ANSWER = "kept-answer-14";
export const MODEL = "amazon.nova-micro-v1:0";

export type PlantedStore = "sqlite" | "redis" | "dynamodb";
export type Outside = "api" | "documents" | "mcp" | "collector";

export interface PlantedRun {
  /** Secrets that the run created itself: tokens, cookies and the key of a certificate. */
  readonly issued: Readonly<Record<string, string>>;
  /** What the server wrote and sent, by place. */
  readonly places: Readonly<Record<string, string>>;
  /** What each outside system received. */
  readonly received: Readonly<Record<Outside, readonly string[]>>;
  /** The settings of the server, as the command line has them. */
  readonly argv: readonly string[];
}

const operation = (operationId: string, scheme = "key") => ({
  operationId,
  security: [{ [scheme]: [] }],
  responses: {},
});
const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  paths: {
    "/echo": { get: operation("echo"), post: operation("change") },
    "/fails": { get: operation("fails") },
    "/file": { get: operation("file") },
    "/long": { get: operation("long") },
    "/query": { get: operation("query", "query") },
    "/basic": { get: operation("basic", "basic") },
    "/personal": { get: operation("personal", "personal") },
  },
  components: {
    securitySchemes: {
      key: { type: "apiKey", in: "header", name: "X-Key" },
      query: { type: "apiKey", in: "query", name: "api_key" },
      basic: { type: "http", scheme: "basic" },
      personal: { type: "apiKey", in: "header", name: "X-Personal" },
    },
  },
};
const CALLS = ["echo", "fails", "file", "long", "query", "basic", "personal", "raw_echo", "change"];
const NOTES_CALL = "notes_environment";
/** Protocols whose turns are stored. */
const STORING = ["native", "langchain", "responses"];

/** An API that repeats everything that it receives. */
function respondAsApi(request: Request): Response {
  const headers = Object.fromEntries(request.headers);
  const { url } = request;
  const [next, note] = [`/echo?key=${encodeURIComponent(headers["x-key"] ?? "")}`, ANSWER];
  const text = JSON.stringify({ headers, url, note, next });
  switch (new URL(url).pathname) {
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

/** An MCP server that repeats the headers of the request. */
function createEchoMcp(): { respond(request: Request): Promise<Response>; close(): Promise<void> } {
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
  return {
    async respond(request) {
      headers = { ...Object.fromEntries(request.headers), url: request.url };
      return await handler.fetch(request);
    },
    close: () => handler.close(),
  };
}

export async function runWithSecrets(kind: PlantedStore): Promise<PlantedRun> {
  const run = new Run(kind);
  try {
    await run.start();
    await Promise.all([run.runCommands(), run.keepBusy()]);
    await run.collect();
    return run;
  } finally {
    await run.cleanUp();
  }
}

const FIXTURES = `${import.meta.dir}/../fixtures`;
/** An MCP server on standard input that repeats a variable of its environment in results and on standard error. */
const NOTES_SERVER = [
  'echo "started with $NOTES_KEY" >&2',
  "read begin",
  echoResult(0, {
    protocolVersion: "2025-11-25",
    capabilities: { tools: {} },
    serverInfo: { name: "notes", version: "1" },
  }),
  "read initialized; read list",
  echoResult(1, { tools: [{ name: "environment", inputSchema: { type: "object" } }] }),
  "while read call; do",
  `id=$(echo "$call" | sed 's/.*"id":\\([0-9]*\\).*/\\1/')`,
  `echo '{"jsonrpc":"2.0","id":'$id',"result":{"content":[{"type":"text","text":"'$NOTES_KEY'"}]}}'`,
  "done",
].join("\n");

function echoResult(id: number, result: object): string {
  return `echo '${JSON.stringify({ jsonrpc: "2.0", id, result })}'`;
}

/** Variables of the process that the store and connections read. */
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: SECRETS.awsSecret,
  HTTPS_PROXY: `http://proxy:${SECRETS.proxy}@127.0.0.1:9`,
};

/** The command that reads a whole value, by the type of the key. */
const READERS: Readonly<Record<string, readonly string[]>> = {
  string: ["GET"],
  hash: ["HGETALL"],
  list: ["LRANGE", "0", "-1"],
  set: ["SMEMBERS"],
  zset: ["ZRANGE", "0", "-1"],
  stream: ["XRANGE", "-", "+"],
};

async function readKey(redis: RedisServer, key: string): Promise<unknown> {
  const [command = "TYPE", ...range] = READERS[String(await redis.send("TYPE", key))] ?? [];
  return await redis.send(command, key, ...range);
}

class Run implements PlantedRun {
  readonly issued: Record<string, string> = {};
  readonly places: Record<string, string> = {};
  readonly received: Record<Outside, string[]> = { api: [], documents: [], mcp: [], collector: [] };
  readonly #kind: PlantedStore;
  readonly #log: string[] = [];
  readonly #collected: string[] = [];
  readonly #model = createScriptedModel(({ messages }) => {
    const begin = messages.findLastIndex(({ role }) => role === "user");
    const made = messages.slice(begin).filter(({ role }) => role === "assistant").length;
    const name = this.#calls[made];
    return name ? replyWithCalls([`${begin}-${made}`, name, {}]) : replyWithText("Done.");
  });
  readonly #ends: (() => unknown)[] = [];
  readonly #saved = Object.keys(ENVIRONMENT).map((name) => [name, process.env[name]] as const);
  argv: readonly string[] = [];
  #folder = "";
  #server: (Specchat & { readonly page: string }) | undefined;
  #readStore: () => Promise<string> = async () => "";

  constructor(kind: PlantedStore) {
    this.#kind = kind;
  }

  /** The stores differ in what they keep. Everything else is searched with the first. */
  get #isThorough(): boolean {
    return this.#kind === "sqlite";
  }

  get #calls(): readonly string[] {
    return this.#isThorough ? [...CALLS, NOTES_CALL] : CALLS;
  }

  get #specchat(): Specchat {
    if (!this.#server) throw new Error("the server has not started");
    return this.#server;
  }

  async start(): Promise<void> {
    Object.assign(process.env, ENVIRONMENT);
    this.#folder = await mkdtemp(join(tmpdir(), "planted-"));
    this.#ends.push(() => rm(this.#folder, { recursive: true, force: true }));
    const { provider, ports } = await startProviderFor(1);
    this.#ends.push(() => provider.stop());
    this.issued.oidcClientSecret = provider.clientSecret ?? "";
    this.argv = [...(await this.#listSettings()), "--store", await this.#startStore()];
    const { now } = testPorts();
    const fetch = createFetch({ proxies: { HTTPS_PROXY: ENVIRONMENT.HTTPS_PROXY } });
    this.#server = await startSignInServer(provider, ports[0], {
      useDemoModel: false,
      argv: this.argv,
      model: this.#model,
      ports: {
        fetch,
        sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
        io: { ...testPorts().io, fetch },
        log: createLog({ level: "debug", now, write: (line) => this.#log.push(line) }),
      },
    });
  }

  async #listSettings(): Promise<readonly string[]> {
    const api = this.#serve("api", respondAsApi);
    const documents = this.#serve("documents", () => Response.json(DOCUMENT));
    const echo = createEchoMcp();
    this.#ends.push(() => echo.close());
    const mcp = this.#serve("mcp", echo.respond);
    const collector = this.#serve("collector", () => new Response());
    const key = await readFile(`${FIXTURES}/named-host.key`, "utf8");
    this.issued.clientKey = key.split("\n")[1] ?? "";
    const file = (name: string) => join(this.#folder, name);
    const notes = {
      command: "/bin/sh",
      args: ["-c", NOTES_SERVER],
      env: { NOTES_KEY: SECRETS.mcpVariable },
    };
    const raw = { url: `${mcp}/mcp`, headers: { "X-Key": SECRETS.mcpHeader } };
    const mcpServers = { raw, ...(this.#isThorough && { notes }) };
    await Bun.write(file("mcp.json"), JSON.stringify({ mcpServers }));
    return [
      ...["--spec", `${documents}/openapi.json?sig=${SECRETS.specQuery}`, "--base-url", api],
      ...["--spec-header", `X-Doc: ${SECRETS.specHeader}`, "--api-header", `X-Team: ${SECRETS.apiHeader}`],
      ...[
        "--api-credential",
        `key: ${SECRETS.apiCredential}`,
        "--api-credential",
        `query: ${SECRETS.apiQuery}`,
      ],
      ...["--api-credential", `basic: team:${SECRETS.apiPassword}`],
      ...[
        "--api-client-cert",
        `${FIXTURES}/named-host.pem`,
        "--api-client-key",
        `${FIXTURES}/named-host.key`,
      ],
      ...["--forward-headers", "X-Forwarded-Secret", "--mcp-config", file("mcp.json")],
      ...["--mcp", `asked=${mcp}/mcp?key=${SECRETS.mcpQuery}`],
      // A server behind the proxy, which is down.
      ...["--mcp", `far=https://mcp.example/mcp?key=${SECRETS.mcpQuery}`],
      ...["--model", MODEL, "--approve", "none", "--cookie-secret", SECRETS.cookieSecret],
      ...["--metrics-token", SECRETS.metricsToken, "--jwt-secret", SECRETS.jwtSecret],
      ...[
        "--api-keys",
        `team:${SECRETS.callerKey}`,
        "--jwt-key",
        SECRETS.jwtKey,
        "--jwt-audience",
        "specchat",
      ],
      ...["--audit-log", file("audit.jsonl"), "--audit-key", SECRETS.auditKey, "--audit-arguments", "all"],
      ...["--phoenix-endpoint", `${collector}/v1/traces?key=${SECRETS.traceQuery}`],
      ...["--trace-headers", `x-key=${SECRETS.traceHeader}`, "--trace-content"],
      ...["--data-dir", file("data")],
    ];
  }

  #serve(name: Outside, respond: (request: Request) => Response | Promise<Response>): string {
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: async (request) => {
        this.received[name].push(`${request.url} ${JSON.stringify(Object.fromEntries(request.headers))}`);
        if (name === "collector")
          this.#collected.push(Buffer.from(await request.clone().arrayBuffer()).toString("latin1"));
        return await respond(request);
      },
    });
    this.#ends.push(() => server.stop(true));
    return `http://127.0.0.1:${server.port}`;
  }

  /** Returns the setting of the store. */
  async #startStore(): Promise<string> {
    if (this.#kind === "redis") {
      const redis = await startRedis(SECRETS.storePassword);
      this.#ends.push(() => redis.stop());
      this.#readStore = async () => {
        const keys = (await redis.send("KEYS", "*")) as readonly string[];
        const values = await Promise.all(keys.map((key) => readKey(redis, key)));
        return JSON.stringify([keys, values]);
      };
      return redis.address;
    }
    if (this.#kind === "dynamodb") {
      const dynamo = await startDynamo();
      this.#ends.push(() => dynamo.stop());
      await dynamo.createTable("planted");
      this.#readStore = async () => {
        const { Items } = await dynamo.client.send(new ScanCommand({ TableName: "planted" }));
        return JSON.stringify(Items, (_name, value) =>
          value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
        );
      };
      return `dynamodb://planted?region=us-east-1&endpoint=${encodeURIComponent(dynamo.endpoint)}`;
    }
    return "sqlite";
  }

  async keepBusy(): Promise<void> {
    const { url } = this.#specchat;
    const token = await new SignJWT({ sub: "ada" })
      .setProtectedHeader({ alg: "HS256" })
      .setAudience("specchat")
      .setExpirationTime("5m")
      .sign(new TextEncoder().encode(SECRETS.jwtKey));
    const cookies = await this.#signIn(url);
    Object.assign(this.issued, { token, ...cookies });
    const forwarded = { "X-Forwarded-Secret": SECRETS.forwarded };
    const bearer = (credential: string) => ({ Authorization: `Bearer ${credential}`, ...forwarded });
    const cookie = {
      Cookie: Object.entries(cookies)
        .map(([name, value]) => `${name}=${value}`)
        .join("; "),
    };
    const clientOf = (headers: Readonly<Record<string, string>>): TurnClient => ({
      url,
      model: MODEL,
      headers,
    });
    const clients = [
      bearer(SECRETS.callerKey),
      bearer(token),
      bearer(SECRETS.wrongKey),
      { ...cookie, ...forwarded },
    ];
    const sent: string[] = [];
    for (const [name, run] of Object.entries(PROTOCOL_TURNS))
      for (const headers of this.#isThorough || STORING.includes(name) ? clients : [])
        sent.push(await run(clientOf(headers)).catch(({ message }: Error) => message));
    const mcp = await connectMcp(createHttpTransport(url, clientOf(bearer(SECRETS.callerKey))));
    for (const name of this.#calls) sent.push(JSON.stringify(await mcp.callTool({ name, arguments: {} })));
    await mcp.close();
    sent.push(await this.#signInToApi(url, bearer(SECRETS.callerKey)));
    this.places["clients' answers"] = sent.join("\n");
  }

  /** Signs in on the page, and returns the cookies. A failed sign-in comes first. */
  async #signIn(url: string): Promise<Readonly<Record<string, string>>> {
    const browser = new CookieBrowser();
    await browser.visit(`${url}/bedrock-chat/account/callback?code=made-up&state=made-up`);
    await browser.signIn(`${url}/bedrock-chat/account/sign-in?return=/bedrock-chat/ui`, "ada");
    await browser.request(`${url}/bedrock-chat/account/renew`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: url },
      body: "{}",
    });
    const pairs = browser.cookieFor(`${url}/bedrock-chat/account`).split("; ");
    return Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
    );
  }

  /** Signs in to the API as a person, over the socket. */
  async #signInToApi(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
    const client = await NativeClient.connect(url, headers);
    client.send({ type: "auth", scheme: "personal", value: { value: SECRETS.personal } });
    const frames = await client.runTurn("Go on");
    client.close();
    return JSON.stringify([...client.frames, ...frames]);
  }

  /** Gathers everything that the server has written or sends. */
  async collect(): Promise<void> {
    const { url } = this.#specchat;
    const get = async (path: string, credential: string) => {
      const response = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${credential}` } });
      return `${path} ${response.status} ${JSON.stringify(Object.fromEntries(response.headers))} ${await response.text()}`;
    };
    const all = async (paths: readonly string[]) =>
      (await Promise.all(paths.map((path) => get(path, SECRETS.callerKey)))).join("\n");
    this.places.metrics = await get("/metrics", SECRETS.metricsToken);
    const list = await get("/bedrock-chat/sessions", SECRETS.callerKey);
    const ids = [...list.matchAll(/"session_id":"([^"]+)"/g)].map(([, id]) => id);
    this.places.exports = await all(
      ids.flatMap((id) => [
        `/bedrock-chat/sessions/${id}`,
        `/bedrock-chat/sessions/${id}/export?format=json`,
        `/bedrock-chat/sessions/${id}/export?format=markdown`,
      ]),
    );
    this.places.pages = await all([
      ...["/", "/health", "/readyz", "/openapi.json", "/docs", "/bedrock-chat/ui", "/bedrock-chat/health"],
      ...["/bedrock-chat/account", "/v1/models", "/api/v1/status"],
      ...["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"],
    ]);
    this.places.model = JSON.stringify(this.#model.requests);
    await this.#specchat.stop();
    this.places.log = this.#log.join("");
    this.places.traces = this.#collected.join("\n");
    this.places.store = await this.#readStore();
    const files = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile() && entry.name !== "mcp.json")) {
      const isOwn = file.parentPath === this.#folder;
      const name = isOwn && file.name.startsWith("audit") ? "audit log" : isOwn ? "doctor" : "data folder";
      this.places[name] =
        `${this.places[name] ?? ""}${await readFile(join(file.parentPath, file.name), "latin1")}`;
    }
  }

  /** Runs `doctor` and `config` with the settings of the server. */
  async runCommands(): Promise<void> {
    if (!this.#isThorough) return;
    const run = async (...command: string[]) => {
      const child = Bun.spawn([...SPECCHAT, ...command, ...this.argv], {
        cwd: this.#folder,
        env: { HOME: this.#folder, ...ENVIRONMENT },
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, err] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      return `${out}${err}`;
    };
    const outputs = await Promise.all([run("doctor", "--out", "doctor.json"), run("config", "--json")]);
    this.places.commands = outputs.join("\n");
  }

  async cleanUp(): Promise<void> {
    for (const end of this.#ends.toReversed()) await end();
    for (const [name, value] of this.#saved)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}
