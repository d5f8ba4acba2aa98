import { expect, test } from "bun:test";
import { createLog } from "../../src/telemetry/log.ts";
import type { LogFormat } from "../../src/telemetry/log-formats.ts";
import { createTelemetry } from "../../src/telemetry/telemetry.ts";

const AT = "2026-01-02T03:04:05.678Z";

function open(format: LogFormat, level: "debug" | "info" = "info") {
  const lines: string[] = [];
  return {
    lines,
    log: createLog({ level, format, now: () => new Date(AT), write: (line) => lines.push(line) }),
  };
}

test("Each format has one line per event, whatever the texts hold.", () => {
  const event = "a\nb";
  const fields = { text: 'x" \u001b[31m\n', n: 1.5, yes: true, none: null, unset: undefined };
  const written = (["json", "pretty", "agent"] as const).map((format) => {
    const { lines, log } = open(format);
    log.warning(event, fields);
    return lines;
  });
  expect(written).toEqual([
    [
      `{"time":"${AT}","level":"warning","msg":"a\\nb","text":"x\\" \\u001b[31m\\n","n":1.5,"yes":true,"none":null}\n`,
    ],
    [`${AT} WARNING a\\u000ab text="x\\" \\u001b[31m\\n" n=1.5 yes=true none=null\n`],
    [
      `2026-01-02 03:04:05 - app - WARNING - a\\u000ab - {"text": "x\\" \\u001b[31m\\n", "n": 1.5, "yes": true, "none": null}\n`,
    ],
  ]);
});

test("Lines of the bedrock-agent protocol keep its format, unless all lines are JSON.", () => {
  const written = (["json", "pretty", "agent"] as const).map((format) => {
    const { lines, log } = open(format);
    log.agent("info", "Request started", { request_id: "r1" });
    return lines.join("");
  });
  const own = '2026-01-02 03:04:05 - app - INFO - Request started - {"request_id": "r1"}\n';
  expect(written).toEqual([
    `{"time":"${AT}","level":"info","msg":"Request started","request_id":"r1"}\n`,
    own,
    own,
  ]);
});

test("A line has the ids of the request, session, turn and sampled trace that it belongs to.", async () => {
  const { lines, log } = open("json");
  const { runInScope } = createTelemetry({ now: () => new Date(AT), cost: () => null });
  const trace = { traceId: "t".repeat(32), spanId: "s".repeat(16), isSampled: true };
  const scope = { request: "r1", session: "s1", turn: "t1", trace };
  await runInScope(scope, async () => {
    await Bun.sleep(1);
    log.info("inside", { session: "own" });
  });
  runInScope({ request: "r2", trace: { ...trace, isSampled: false } }, () => log.info("not sampled"));
  log.info("outside");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      time: AT,
      level: "info",
      msg: "inside",
      request: "r1",
      session: "own",
      turn: "t1",
      trace_id: trace.traceId,
    },
    { time: AT, level: "info", msg: "not sampled", request: "r2" },
    { time: AT, level: "info", msg: "outside" },
  ]);
});

test("The level can change, and every line counts.", () => {
  const { lines, log } = open("json");
  log.debug("one");
  log.setLevel("debug");
  log.debug("two");
  log.setLevel("silent");
  log.error("three");
  expect([lines.length, log.counts()]).toEqual([1, { debug: 1, info: 0, warning: 0, error: 0 }]);
});

test.each([
  ["Authorization: Bearer abcdef0123456789.x", "Authorization: Bearer ********"],
  ["Proxy said: basic dXNlcjpwYXNz==", "Proxy said: basic ********"],
  ["token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "token ********"],
  ["connect to redis://user:pa55@host/0 failed", "connect to redis://user:********@host/0 failed"],
  ["the key AKIAIOSFODNN7EXAMPLE is not valid", "the key AKIAIOSF******** is not valid"],
  ['{"password":"hunter2","name":"x"}', '{"password":"********","name":"x"}'],
  ["GET /x?api_key=s3cret&page=2", "GET /x?api_key=********&page=2"],
  ["client_secret: s3cret, other", "client_secret: ********, other"],
  ["tokens: 5, a basic rule, the bearer of bad news", "tokens: 5, a basic rule, the bearer of bad news"],
])("Credentials in texts are masked: %s", (text, expected) => {
  const { lines, log } = open("json");
  log.error(text, { detail: text });
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ msg: expected, detail: expected });
});

test("A long text without an end is masked in linear time.", () => {
  const { lines, log } = open("json");
  for (const part of ["://a:", "password=", "eyJaaaaaaaaa.", "Bearer "]) log.error(part.repeat(200_000));
  expect(lines).toHaveLength(4);
});

test("A line that repeats many times a second is counted, and others are written.", async () => {
  const { lines, log } = open("json");
  for (let index = 0; index < 500; index++) {
    log.warning("store failed", { session: `s${index}`, ms: index, detail: "disk full" });
    if (index < 30) log.warning("store failed", { session: `s${index}`, detail: `other ${index}` });
  }
  while (!lines.at(-1)?.includes("repeated")) await Bun.sleep(20);
  const records = lines.map((line) => JSON.parse(line));
  const written = records.filter(({ detail, repeated }) => detail === "disk full" && repeated === undefined);
  expect(records.at(-1)).toEqual({
    time: AT,
    level: "warning",
    msg: "store failed",
    detail: "disk full",
    repeated: 500 - written.length,
  });
  expect(written.length).toBeLessThan(25);
  expect(records.filter(({ detail }) => detail.startsWith("other"))).toHaveLength(30);
  expect(log.counts().warning).toBe(530);
});
