/**
 * Failures that operators meet, each produced for real in a server of its own process: what the user reads, the line of the log,
 * the metric, and the section of the manual that the code leads to.
 */
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { ACCESS_DENIED, type Failure, type StandIn, startBedrock, THROTTLED } from "../bedrock/index.ts";
import { REDIS_SERVER, type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import { NativeClient, type RecordingApi, startApi } from "../support/harness.ts";
import { createServerFixture, type ServerFixture, type ServerProcess } from "../support/server-process.ts";

const main = `${import.meta.dir}/../../src/main.ts`;
const prlimit = Bun.which("prlimit");

let bedrock: StandIn;
let api: RecordingApi;
let fixture: ServerFixture;
let server: ServerProcess;
let redis: RedisServer | undefined;

async function start(...argv: readonly string[]): Promise<string> {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  fixture = await createServerFixture(bedrock, api);
  bedrock.script(() => ({ text: "Well." }));
  server = await fixture.start(...argv);
  return new URL(server.url).origin;
}

afterEach(async () => {
  await fixture.remove();
  await Promise.all([bedrock.stop(), api.stop(), redis?.stop()]);
  redis = undefined;
});

/** Returns the last frame of a turn in a new session. */
async function runTurn(url: string, message = "hi") {
  const client = await NativeClient.connect(url);
  const frame = (await client.runTurn(message)).at(-1);
  client.close();
  return frame;
}

/** Returns the values of the samples whose lines match. */
async function readSamples(url: string, pattern: RegExp): Promise<readonly number[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.split("\n").flatMap((line) => (pattern.test(line) ? [Number(line.split(" ").at(-1))] : []));
}

/** Waits for a line of the log with this code, and returns its fields. */
async function findLogLine(code: string): Promise<Record<string, unknown>> {
  for (;;) {
    const lines = server.stderr().split("\n");
    const found = lines.find((line) => line.startsWith("{") && line.includes(`"code":"${code}"`));
    if (found !== undefined) return JSON.parse(found);
    await Bun.sleep(20);
  }
}

async function readHelp(code: string): Promise<string> {
  const child = Bun.spawn([process.execPath, main, "help", code], { stdout: "pipe", stderr: "ignore" });
  return await new Response(child.stdout).text();
}

interface Expectation {
  /** Words of the message for the user. */
  readonly message: string;
  /** Words of `detail` in the log. */
  readonly detail: string;
  /** Words of the section in the manual. */
  readonly fix: string;
  /** The metric that counts the failure. */
  readonly metric: RegExp;
}

/** Checks the whole way from what a user reads to the fix. */
async function expectDocumented(url: string, code: string, { message, detail, fix, metric }: Expectation) {
  expect(await runTurn(url)).toMatchObject({
    type: "error",
    code,
    message: expect.stringContaining(message),
  });
  expect(await findLogLine(code)).toMatchObject({
    level: expect.stringMatching(/^(warning|error)$/),
    code,
    detail: expect.stringContaining(detail),
  });
  const samples = await readSamples(url, metric);
  expect(samples.reduce((sum, value) => sum + value, 0)).toBeGreaterThanOrEqual(1);
  const help = await readHelp(code);
  expect(help).toStartWith(`\`${code}\`\n`);
  expect(help).toContain(fix);
}

/** Turns that ended with this code. */
const turnsWith = (code: string) => new RegExp(`^bedrock_chat_requests_total.*reason="${code}"`);
const STORE_FAILURES = /^specchat_store_seconds_count.*outcome="failed"/;

const EXPIRED: Failure = {
  error: {
    status: 403,
    type: "ExpiredTokenException",
    message: "The security token included in the request is expired",
  },
};

describe("A failure of the model leads to its fix:", () => {
  test("expired credentials", async () => {
    const url = await start();
    bedrock.script(() => EXPIRED);
    await expectDocumented(url, "access_denied", {
      message: "sign in to the model service",
      detail: "expired",
      fix: "specchat check",
      metric: turnsWith("access_denied"),
    });
  });

  test("no access to the model", async () => {
    const url = await start();
    bedrock.script(() => ACCESS_DENIED);
    await expectDocumented(url, "access_denied", {
      message: "access to that model",
      detail: "access to the model",
      fix: "specchat deploy iam",
      metric: turnsWith("access_denied"),
    });
  });

  test("throttling", async () => {
    const url = await start("--max-retries", "0");
    bedrock.script(() => THROTTLED);
    await expectDocumented(url, "throttled", {
      message: "again",
      detail: "Too many requests",
      fix: "--fallback-model",
      metric: turnsWith("throttled"),
    });
  });
});

describe.skipIf(!REDIS_SERVER)("A failure of the store leads to its fix:", () => {
  const startWithRedis = async () => {
    redis = await startRedis();
    return { redis, url: await start("--store", redis.address) };
  };

  test("Redis without memory", async () => {
    const { redis: server, url } = await startWithRedis();
    await server.send("CONFIG", "SET", "maxmemory", "1");
    await expectDocumented(url, "store_unavailable", {
      message: "again",
      detail: "OOM",
      fix: "Make space",
      metric: STORE_FAILURES,
    });
  });

  test("Redis is gone", async () => {
    const { redis: server, url } = await startWithRedis();
    await server.kill();
    await expectDocumented(url, "store_unavailable", {
      message: "again",
      detail: "cannot connect",
      fix: "start the store",
      metric: STORE_FAILURES,
    });
  });
});

test.skipIf(!prlimit && process.env.CI !== "true")("A full disk leads to its fix.", async () => {
  const url = await start();
  expect(await runTurn(url)).toMatchObject({ type: "ai_response" });
  Bun.spawnSync([prlimit ?? "", "--pid", `${server.pid}`, "--fsize=4096:unlimited"]);
  await expectDocumented(url, "store_unavailable", {
    message: "again",
    detail: "disk I/O error",
    fix: "Make space",
    metric: STORE_FAILURES,
  });
});

test("An API that is down leads to its fix.", async () => {
  const url = await start();
  bedrock.script([
    { calls: [{ name: "listThings", input: {}, id: "call-1" }] },
    { text: "It does not answer." },
  ]);
  await api.stop();
  expect(await runTurn(url)).toMatchObject({
    type: "ai_response",
    tool_results: [{ status: "failed", result: expect.stringContaining("cannot be reached") }],
  });
  expect(await readSamples(url, /^bedrock_tool_calls_total.*status="failed"/)).toEqual([1]);
  expect(await readHelp("troubleshooting")).toContain("--base-url");
});

test("A wrong Host and a refused Origin lead to their fixes.", async () => {
  const url = await start();
  const request = async (headers: Record<string, string>) => {
    const response = await fetch(`${url}/api/v1/chat`, { method: "POST", headers, body: '{"message":"hi"}' });
    return { status: response.status, text: await response.text() };
  };
  const [host, origin] = [{ Host: "chat.example.com" }, { Origin: "https://other.example" }];
  expect(await request(host)).toEqual({ status: 403, text: expect.stringContaining("chat.example.com") });
  expect(await findLogLine("forbidden")).toMatchObject({
    detail: expect.stringContaining("chat.example.com"),
  });
  expect(await request(origin)).toEqual({ status: 403, text: expect.stringContaining("Origin") });
  expect(await readSamples(url, /^specchat_http_errors_total.*code="forbidden"/)).toEqual([2]);
  const help = await readHelp("forbidden");
  expect(help).toContain("--allowed-hosts");
  expect(help).toContain("--allowed-origins");
});

test("A broken document stops the start and leaves the tools on a reload, and both name it.", async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  const folder = await mkdtemp(`${tmpdir()}/specchat-document-`);
  const path = `${folder}/api.yaml`;
  fixture = await createServerFixture(bedrock, { ...api, spec: path });
  await Bun.write(path, "openapi: 3.0.3\npaths: [");
  await expect(fixture.start()).rejects.toThrow(/api\.yaml/);
  await Bun.write(path, Bun.file(`${import.meta.dir}/../fixtures/things.yaml`));
  server = await fixture.start();
  await Bun.write(path, "openapi: 3.0.3\npaths: [");
  process.kill(server.pid, "SIGHUP");
  const hasLine = () =>
    server
      .stderr()
      .split("\n")
      .some((line) => line.includes("api.yaml"));
  while (!hasLine()) await Bun.sleep(20);
  expect((await fetch(`${new URL(server.url).origin}/readyz`)).status).toBe(200);
  expect(await readHelp("documents")).toContain("Reload");
  await rm(folder, { recursive: true });
});
