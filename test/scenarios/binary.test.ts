import { afterAll, beforeAll, expect, test } from "bun:test";
import { copyFile, cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { SignJWT } from "jose";
import { startAgentStandIn } from "../bedrock/agent.ts";
import { type StandIn, startBedrock, THROTTLED } from "../bedrock/index.ts";
import { connect, createHttpTransport } from "../protocols/mcp/client.ts";
import { MODEL, NativeClient, type RecordingApi, startApi } from "../support/harness.ts";
import { SocketClient } from "../support/socket-client.ts";
import { startCollector } from "../telemetry/collector.ts";

const root = `${import.meta.dir}/../..`;
let folder: string;
let binary: string;
let bedrock: StandIn;
let api: RecordingApi;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-binary-`);
  binary = `${folder}/specchat`;
  await copyFile(process.env.SPECCHAT_EXECUTABLE ?? (await build()), binary);
  [bedrock, api] = await Promise.all([startBedrock({ region: "eu-west-1" }), startApi()]);
}, 120_000);

afterAll(async () => {
  await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
});

/** Builds the executable and returns its path. */
async function build(): Promise<string> {
  const child = Bun.spawn([process.execPath, "src/build/binary.ts"], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
  });
  if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text());
  return `${root}/dist/specchat`;
}

/** Starts the executable in an empty folder with the given environment only. */
async function start(argv: readonly string[], environment: Record<string, string> = {}) {
  const home = `${folder}/empty`;
  await mkdir(home, { recursive: true });
  const child = Bun.spawn([binary, "--port", "0", ...argv], {
    cwd: home,
    env: { HOME: home, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let banner = "";
  for await (const chunk of child.stdout) {
    banner += new TextDecoder().decode(chunk);
    if (banner.includes("Tools")) break;
  }
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(banner)?.[0];
  if (url === undefined)
    throw new Error(`the executable did not start: ${banner}${await new Response(child.stderr).text()}`);
  return { child, url, banner, home };
}

test("the executable reads a long frame, and evaluates an expression over a long result, in workers", async () => {
  const records = Array.from({ length: 10_000 }, (_, id) => ({ id, note: "x".repeat(60) }));
  const long = await startApi(() => Response.json(records));
  bedrock.script([
    { calls: [{ name: "listThings", input: {}, id: "list" }] },
    { calls: [{ name: "query_result", input: { id: "r1", filter: "length(@)" }, id: "count" }] },
    { text: "Done." },
  ]);
  const { child, url } = await start(
    ["--spec", long.spec, "--base-url", long.url, "--model", MODEL, "--region", "eu-west-1"],
    {
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    },
  );
  const client = await NativeClient.connect(url);
  const frames = await client.runTurn(`count them${" and those".repeat(20_000)}`);
  const results = frames.flatMap((frame) => (frame.type === "tool_result" ? [frame.result] : []));
  expect(results.at(-1)).toBe("10000");
  client.close();
  child.kill();
  await Promise.all([child.exited, long.stop()]);
});

test("the executable runs turns with parallel calls, a failed call and a throttled model call", async () => {
  bedrock.script([
    {
      calls: [
        { name: "listThings", input: { limit: 2 } },
        { name: "getThing", input: { id: "5" } },
      ],
    },
    { text: ["Two things, ", "and thing 5."] },
    { calls: [{ name: "getThing", input: { id: "404" } }] },
    { text: "There is no thing 404." },
    THROTTLED,
    { text: "You are welcome." },
  ]);
  await Bun.write(
    `${folder}/empty/.env`,
    `AWS_ACCESS_KEY_ID=AKIDEXAMPLE\nAWS_SECRET_ACCESS_KEY=example\nAWS_REGION=eu-west-1\n`,
  );
  const { child, url, home } = await start(
    ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, "--retry-delay", "0.01"],
    { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url },
  );
  expect(await (await fetch(`${url}/bedrock-chat/health`)).json()).toMatchObject({
    status: "healthy",
    tools: 3,
  });
  const client = await NativeClient.connect(url);
  const turns = [
    await client.runTurn("what is there?"),
    await client.runTurn("and 404?"),
    await client.runTurn("thanks"),
  ];
  expect(turns.map((frames) => frames.at(-1))).toMatchObject([
    {
      type: "ai_response",
      message: "Two things, and thing 5.",
      tool_results: [{ status: "ok" }, { status: "ok" }],
    },
    { type: "ai_response", message: "There is no thing 404.", tool_results: [{ status: "failed" }] },
    { type: "ai_response", message: "You are welcome.", tool_results: [] },
  ]);
  expect([...api.requests].sort()).toEqual(["GET /things/404", "GET /things/5", "GET /things?limit=2"]);
  expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  client.close();
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect((await readdir(home)).sort()).toEqual([".env", ".specchat"]);
  await rm(`${home}/.env`);
}, 30_000);

test("the executable serves the demo and its page without configuration, and stops on Ctrl-C", async () => {
  const { child, url, banner } = await start([]);
  expect(banner).toContain("Model     demo (built-in demo");
  const page = await fetch(`${url}/bedrock-chat/ui`);
  const script = /src="([^"]+\.js)"/.exec(await page.text())?.[1] ?? "";
  const code = await fetch(new URL(script, page.url));
  expect([page.status, code.status, code.headers.get("content-type")]).toEqual([
    200,
    200,
    "text/javascript; charset=utf-8",
  ]);
  const missing: string[] = [];
  const frame = `${url}/bedrock-chat/ui/diagrams/frame.html`;
  const files = new Set([frame]);
  for (const file of files) {
    const response = await fetch(file);
    if (!response.ok) missing.push(file);
    const scripts = (await response.text()).matchAll(/(?:from|import|import\(|src=)\s?"(\.\/[^"]+\.js)"/g);
    for (const [, path = ""] of scripts) files.add(new URL(path, frame).href);
  }
  expect(missing).toEqual([]);
  expect(files.size).toBeGreaterThan(50);
  const client = await NativeClient.connect(url);
  expect((await client.runTurn("list the products under 50 dollars")).at(-1)).toMatchObject({
    type: "ai_response",
    message: expect.stringContaining("Cast iron skillet"),
  });
  client.close();
  child.kill("SIGINT");
  expect(await child.exited).toBe(0);
}, 30_000);

test("the executable contains the manual for `help` and for the server", async () => {
  const home = `${folder}/empty`;
  await mkdir(home, { recursive: true });
  const help = Bun.spawn([binary, "help", "approval"], { cwd: home, env: { HOME: home }, stdout: "pipe" });
  expect(await new Response(help.stdout).text()).toStartWith("Approval of calls\n====");
  expect(await help.exited).toBe(0);
  const { child, url } = await start([]);
  expect(await (await fetch(`${url}/bedrock-chat/docs/approval`)).text()).toContain("<h1 id=");
  expect(await (await fetch(`${url}/bedrock-chat/docs?q=redis`)).text()).toContain("<mark>");
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
});

test("the executable applies overlays", async () => {
  const target = "$.paths.*[?match(@.operationId, 'get.*')]";
  const overlay = {
    overlay: "1.0.0",
    info: { title: "O", version: "1" },
    actions: [{ target, remove: true }],
  };
  await Bun.write(`${folder}/overlay.json`, JSON.stringify(overlay));
  const argv = [binary, "tools", "--json", "--spec", api.spec, "--overlay", `${folder}/overlay.json`];
  const child = Bun.spawn(argv, {
    cwd: `${folder}/empty`,
    env: { HOME: folder },
    stdin: "ignore",
    stdout: "pipe",
  });
  const tools: { name: string }[] = await new Response(child.stdout).json();
  expect([await child.exited, tools.map(({ name }) => name)]).toEqual([0, ["listThings", "createThing"]]);
}, 30_000);

test("custom tools import files and packages next to them, and their unhandled errors do not end the process", async () => {
  const tools = `${folder}/own tools#1`;
  await mkdir(`${tools}/node_modules`, { recursive: true });
  await cp(`${root}/node_modules/zod`, `${tools}/node_modules/zod`, { recursive: true });
  await Bun.write(`${tools}/prices.ts`, "export const prices: Record<string, number> = { tea: 4 };");
  await Bun.write(
    `${tools}/price.tool.ts`,
    `import { z } from "zod";
    import { prices } from "./prices.ts";
    export default {
      name: "price",
      description: "Tells a price.",
      parameters: z.object({ of: z.string().describe("What it is the price of") }),
      run: ({ of }: { of: string }) => prices[of] ?? "unknown",
    };`,
  );
  const careless = `setTimeout(() => { throw new Error("forgotten timer"); }); Promise.reject(new Error("forgotten promise"));`;
  await Bun.write(
    `${tools}/careless.tool.js`,
    `export default {
      name: "careless",
      description: "Forgets.",
      parameters: { type: "object" },
      run() { ${careless} return new Promise((resolve) => setTimeout(resolve, 20, "done")); },
    };`,
  );
  await Bun.write(`${tools}/forgetful.tool.ts`, 'void Promise.reject(new Error("forgotten import"));');
  await Bun.write(`${tools}/other.tool.ts`, 'import "not-installed";');
  bedrock.script([
    {
      calls: [
        { name: "price", input: { of: "tea" } },
        { name: "careless", input: {} },
      ],
    },
    { text: "Four." },
  ]);
  const { child, url, banner } = await start(
    ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, "--tools-dir", tools, "--approve", "none"],
    {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_REGION: "eu-west-1",
    },
  );
  expect(banner).toMatch(/Tools {5}5, about/);
  const client = await NativeClient.connect(url);
  expect((await client.runTurn("the price of tea?")).at(-1)).toMatchObject({
    type: "ai_response",
    message: "Four.",
    tool_results: [{ result: "4" }, { result: "done" }],
  });
  client.close();
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  const stderr = await new Response(child.stderr).text();
  expect(stderr).toMatch(/"level":"warning","msg":"tools-dir other\.tool\.ts: .*not-installed/);
  for (const source of ["import", "timer", "promise"])
    expect(stderr).toMatch(new RegExp(`"level":"error","msg":"unhandled error .*forgotten ${source}`));
}, 30_000);

test("the executable serves its tools and those of another server over MCP, on standard streams and at /mcp", async () => {
  const args = ["mcp", "--spec", api.spec, "--base-url", api.url];
  const home = `${folder}/empty`;
  const transport = new StdioClientTransport({ command: binary, args, cwd: home, env: { HOME: home } });
  const other = `other=${[binary, ...args].join(" ")}`;
  const { child, url } = await start([...args.slice(1), "--model", "demo", "--mcp", other]);
  for (const [clientTransport, name] of [
    [transport, "getThing"],
    [createHttpTransport(url), "getThing"],
    [createHttpTransport(url), "other_getThing"],
  ] as const) {
    const client = await connect(clientTransport);
    expect(await client.callTool({ name, arguments: { id: "5" } })).toMatchObject({
      structuredContent: { id: 5, name: "thing 5" },
    });
    await client.close();
  }
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
}, 30_000);

test("the executable contains the modules loaded on demand: Bedrock agents, traces and signed tokens", async () => {
  const [agents, collector] = [await startAgentStandIn(), startCollector()];
  agents.script([{ events: [{ chunk: "Machine learning" }] }]);
  const secret = "a secret of thirty-two characters";
  const { child, url } = await start(["--model", MODEL, "--spec", api.spec, "--base-url", api.url], {
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "example",
    AWS_REGION: "eu-west-1",
    AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: agents.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    PHOENIX_ENDPOINT: collector.url,
    JWT_SECRET: secret,
  });
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
  const agentResponse = await post("/api/agent/stream", { input_text: "hi", agent_id: "AGENT123" });
  expect(await agentResponse.text()).toContain('"final_content":"Machine learning"');
  bedrock.script([{ text: "Hello" }]);
  expect((await post("/api/v1/chat", { message: "hi" })).status).toBe(200);
  while (collector.spans.length === 0) await Bun.sleep(5);
  expect(collector.spans[0]?.name).toBe(`chat ${MODEL}`);
  const token = await new SignJWT({ sub: "alice" })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(secret));
  const client = await SocketClient.connect(url, `/ws?token=${token}`);
  expect((await client.next()).type).toBe("initial_data");
  client.close();
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  await Promise.all([agents.stop(), collector.stop()]);
});

test("the executable reloads a changed document", async () => {
  const spec = `${folder}/changing.json`;
  const write = (...names: readonly string[]) =>
    Bun.write(
      spec,
      JSON.stringify({
        openapi: "3.1.0",
        info: { title: "Changing", version: "1" },
        servers: [{ url: api.url }],
        paths: Object.fromEntries(names.map((name) => [`/${name}`, { get: { operationId: name } }])),
      }),
    );
  await write("one");
  const { child, banner } = await start([
    "--spec",
    spec,
    "--model",
    "demo",
    "--data-dir",
    `${folder}/changing`,
  ]);
  expect(banner).toContain("Changing at");
  await write("one", "two");
  let log = "";
  for await (const chunk of child.stderr) {
    log += new TextDecoder().decode(chunk);
    if (log.includes("reload")) break;
  }
  expect(log).toContain('"msg":"documents reloaded","tools":2');
  child.kill("SIGKILL");
  await child.exited;
});
