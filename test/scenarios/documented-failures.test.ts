/**
 * Failures that operators meet, each produced for real in a server of its own process: what the user reads, the line of the log,
 * the metric, and the section of the manual that the code leads to. Tests of one `describe` share a server, and run in order.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { showManual } from "../../src/commands/help.ts";
import { ACCESS_DENIED, type Failure, type StandIn, startBedrock, THROTTLED } from "../bedrock/index.ts";
import { REDIS_SERVER, type RedisServer, startRedis } from "../store/redis/redis-server.ts";
import { NativeClient, type RecordingApi, startApi } from "../support/harness.ts";
import { createServerFixture, type ServerFixture, type ServerProcess } from "../support/server-process.ts";

const prlimit = Bun.which("prlimit");

interface Running {
  readonly bedrock: StandIn;
  readonly api: RecordingApi;
  readonly fixture: ServerFixture;
  readonly server: ServerProcess;
  readonly url: string;
  stop(): Promise<void>;
}

/** @param spec a document other than that of the API. */
async function start(argv: readonly string[], spec?: string): Promise<Running> {
  const [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  const fixture = await createServerFixture(bedrock, spec === undefined ? api : { ...api, spec });
  bedrock.script(() => ({ text: "Well." }));
  const server = await fixture.start(...argv);
  const stop = async () => {
    await fixture.remove();
    await Promise.all([bedrock.stop(), api.stop()]);
  };
  return { bedrock, api, fixture, server, url: new URL(server.url).origin, stop };
}

/** Returns the last frame of a turn in a new session. */
async function runTurn(url: string, message = "hi") {
  const client = await NativeClient.connect(url);
  const frame = (await client.runTurn(message)).at(-1);
  client.close();
  return frame;
}

/** Returns the sum of the samples whose lines match. */
async function readMetric(url: string, pattern: RegExp): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const samples = text.split("\n").filter((line) => pattern.test(line));
  return samples.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

/** Waits for a line of the log with this code after the first `skipped` characters, and returns its fields. */
async function findLogLine(
  { server }: Running,
  code: string,
  skipped: number,
): Promise<Record<string, unknown>> {
  for (;;) {
    const lines = server.stderr().slice(skipped).split("\n");
    const found = lines.find(
      (line) => line.startsWith("{") && line.includes(`"code":"${code}"`) && line.endsWith("}"),
    );
    if (found !== undefined) return JSON.parse(found);
    await Bun.sleep(20);
  }
}

/** Returns what `specchat help CODE` prints, in one line. */
async function readHelp(code: string): Promise<string> {
  const parts: string[] = [];
  const terminal = { out: (part: string) => void parts.push(part), err: () => {} };
  await showManual(code, { commands: {}, terminal: terminal as never, columns: 100 });
  return parts.join("").replace(/\s+/g, " ");
}

interface Expectation {
  /** Produces the failure and returns what the user receives. */
  readonly fail: () => Promise<unknown>;
  readonly received: object;
  readonly code: string;
  /** Words of `detail` in the log. */
  readonly detail: string;
  /** Words of the section in the manual. */
  readonly fix: string;
  /** The metric that counts the failure. */
  readonly metric: RegExp;
}

/** Checks the whole way from what a user reads to the fix. */
async function expectDocumented(
  running: Running,
  { fail, received, code, detail, fix, metric }: Expectation,
): Promise<void> {
  const before = await readMetric(running.url, metric);
  const skipped = running.server.stderr().length;
  expect(await fail()).toMatchObject(received);
  expect(await findLogLine(running, code, skipped)).toMatchObject({
    level: expect.stringMatching(/^(warning|error)$/),
    code,
    detail: expect.stringContaining(detail),
  });
  expect(await readMetric(running.url, metric)).toBeGreaterThan(before);
  const help = await readHelp(code);
  expect(help).toStartWith(`\`${code}\` `);
  expect(help).toContain(fix);
}

const errorFrame = (code: string, message: string) => ({
  type: "error",
  code,
  message: expect.stringContaining(message),
});

/** Turns that ended with this code. */
const turnsWith = (code: string) => new RegExp(`^bedrock_chat_requests_total.*reason="${code}"`);
const STORE_FAILURES = /^specchat_store_seconds_count.*outcome="failed"/;
const REFUSED_REQUESTS = /^specchat_http_errors_total.*code="forbidden"/;
const FAILED_CALLS = /^bedrock_tool_calls_total.*status="failed"/;

const EXPIRED: Failure = {
  error: {
    status: 403,
    type: "ExpiredTokenException",
    message: "The security token included in the request is expired",
  },
};

describe("A failure of the model, of a request, of the API or of the disk leads to its fix:", () => {
  let running: Running;
  beforeAll(async () => {
    running = await start(["--max-retries", "0", "--breaker-failures", "100"]);
  });
  afterAll(() => running.stop());

  const failModel = (failure: Failure) => async () => {
    running.bedrock.script(() => failure);
    return await runTurn(running.url);
  };

  test("expired credentials", () =>
    expectDocumented(running, {
      fail: failModel(EXPIRED),
      received: errorFrame("access_denied", "sign in to the model service"),
      code: "access_denied",
      detail: "expired",
      fix: "specchat check",
      metric: turnsWith("access_denied"),
    }));

  test("no access to the model", () =>
    expectDocumented(running, {
      fail: failModel(ACCESS_DENIED),
      received: errorFrame("access_denied", "access to that model"),
      code: "access_denied",
      detail: "access to the model",
      fix: "specchat deploy iam",
      metric: turnsWith("access_denied"),
    }));

  test("throttling", () =>
    expectDocumented(running, {
      fail: failModel(THROTTLED),
      received: errorFrame("throttled", "again"),
      code: "throttled",
      detail: "Too many requests",
      fix: "--fallback-model",
      metric: turnsWith("throttled"),
    }));

  const request = (headers: Record<string, string>) => async () => {
    const body = '{"message":"hi"}';
    const response = await fetch(`${running.url}/api/v1/chat`, { method: "POST", headers, body });
    return { status: response.status, text: await response.text() };
  };

  test("a wrong Host", () =>
    expectDocumented(running, {
      fail: request({ Host: "chat.example.com" }),
      received: { status: 403, text: expect.stringContaining("chat.example.com") },
      code: "forbidden",
      detail: "add it to --allowed-hosts",
      fix: "--allowed-hosts",
      metric: REFUSED_REQUESTS,
    }));

  test("a refused Origin", () =>
    expectDocumented(running, {
      fail: request({ Origin: "https://other.example" }),
      received: { status: 403, text: expect.stringContaining("Origin") },
      code: "forbidden",
      detail: "add it to --allowed-origins",
      fix: "--allowed-origins",
      metric: REFUSED_REQUESTS,
    }));

  test("an API that is down", () =>
    expectDocumented(running, {
      async fail() {
        running.bedrock.script([
          { calls: [{ name: "listThings", input: {}, id: "call-1" }] },
          { text: "It does not answer." },
        ]);
        await running.api.stop();
        return await runTurn(running.url);
      },
      received: {
        type: "ai_response",
        tool_results: [{ status: "failed", result: expect.stringContaining("cannot be reached") }],
      },
      code: "api_unreachable",
      detail: "cannot be reached",
      fix: "--base-url",
      metric: FAILED_CALLS,
    }));

  test.skipIf(!prlimit && process.env.CI !== "true")("a full disk", () =>
    expectDocumented(running, {
      async fail() {
        const { pid } = running.server;
        Bun.spawnSync([prlimit ?? "", "--pid", `${pid}`, "--fsize=4096:unlimited"]);
        return await runTurn(running.url);
      },
      received: errorFrame("store_unavailable", "again"),
      code: "store_unavailable",
      detail: "disk I/O error",
      fix: "Make space",
      metric: STORE_FAILURES,
    }),
  );
});

describe.skipIf(!REDIS_SERVER)("A failure of the store leads to its fix:", () => {
  let redis: RedisServer;
  let running: Running;
  beforeAll(async () => {
    redis = await startRedis();
    running = await start(["--store", redis.address]);
  });
  afterAll(async () => {
    await running.stop();
    await redis.stop();
  });

  const failure = {
    received: errorFrame("store_unavailable", "again"),
    code: "store_unavailable",
    metric: STORE_FAILURES,
  };

  test("Redis without memory", () =>
    expectDocumented(running, {
      ...failure,
      async fail() {
        await redis.send("CONFIG", "SET", "maxmemory", "1");
        return await runTurn(running.url);
      },
      detail: "OOM",
      fix: "Make space",
    }));

  test("Redis is gone", () =>
    expectDocumented(running, {
      ...failure,
      async fail() {
        await redis.kill();
        return await runTurn(running.url);
      },
      detail: "",
      fix: "start the store",
    }));
});

test("A broken document stops the start; on a reload the previous one stays, and the code leads to the fix.", async () => {
  const folder = await mkdtemp(`${tmpdir()}/specchat-document-`);
  const path = `${folder}/api.yaml`;
  const writeBroken = () => Bun.write(path, "openapi: 3.0.3\npaths: [");
  await Bun.write(path, Bun.file(`${import.meta.dir}/../fixtures/things.yaml`));
  const running = await start([], path);
  await expectDocumented(running, {
    async fail() {
      await writeBroken();
      process.kill(running.server.pid, "SIGHUP");
      while (!running.server.stderr().includes("document_outdated")) await Bun.sleep(20);
      const { status } = await fetch(`${running.url}/readyz`);
      return { status, turn: await runTurn(running.url) };
    },
    received: { status: 200, turn: { type: "ai_response" } },
    code: "document_outdated",
    detail: "api.yaml",
    fix: "SIGHUP",
    metric: /^specchat_documents_outdated/,
  });
  await running.server.kill("SIGKILL");
  await expect(running.fixture.start()).rejects.toThrow(/api\.yaml/);
  await running.stop();
  await rm(folder, { recursive: true });
});
