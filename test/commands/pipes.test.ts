/** The output of every command through real pipes, to readers that are slow or leave early. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { SessionId } from "../../src/chat/types.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { startBedrock } from "../bedrock/index.ts";
import { createSession, createUserMessage, formatTime } from "../store/sample.ts";
import { MODEL } from "../support/harness.ts";
import { SPECCHAT_IN_SHELL } from "../support/specchat-command.ts";

const REPLY = "A long reply. ".repeat(3000);
let folder: string;
let api: ReturnType<typeof Bun.serve>;
let bedrock: Awaited<ReturnType<typeof startBedrock>>;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-pipes-`);
  api = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => Response.json({ rows: Array.from({ length: 8000 }, (_, id) => ({ id, name: "row" })) }),
  });
  bedrock = await startBedrock();
  bedrock.script(Array.from({ length: 8 }, () => ({ text: REPLY })));
  await Bun.write(`${folder}/api.json`, JSON.stringify(largeDocument()));
});

afterAll(async () => {
  await Promise.all([api.stop(true), bedrock.stop(), rm(folder, { recursive: true })]);
});

/** A document of 600 operations; half of them are left out because their references lead nowhere. */
function largeDocument() {
  const paths = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [
      `/things-${index}`,
      {
        get: { operationId: `list${index}`, description: "Lists things. ".repeat(20) },
        post: { $ref: `#/components/x-operations/missing${index}` },
      },
    ]),
  );
  return {
    openapi: "3.1.0",
    info: { title: "Large", version: "1" },
    servers: [{ url: `${api.url}` }],
    paths,
  };
}

const STDIN = [
  {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "pipe", version: "1" },
    },
  },
  { jsonrpc: "2.0", method: "notifications/initialized" },
  { jsonrpc: "2.0", id: 2, method: "tools/list" },
]
  .map((message) => `${JSON.stringify(message)}\n`)
  .join("");

/** Commands, and the standard stream that is read. */
const COMMANDS: readonly (readonly [stream: "output" | "errors", words: string])[] = [
  ["output", "tools --json --spec api.json"],
  ["output", "tools --spec api.json"],
  ["output", "tools --rejected --spec api.json"],
  ["errors", "tools --spec api.json"],
  ["output", "call list1 --spec api.json"],
  ["output", "call list1 --spec api.json --dry-run"],
  ["output", `ask Hello --model ${MODEL} --spec api.json`],
  ["output", "config --json"],
  ["output", "--help"],
  ["output", "help"],
  ["output", "help documents"],
  ["output", "mcp --spec api.json"],
  ["errors", "check --no-such-flag"],
];

/** Runs a shell script in which `specchat` is the command. */
async function shell(script: string) {
  const child = Bun.spawn(["bash", "-c", `specchat() { ${SPECCHAT_IN_SHELL} "$@"; }\n${script}`], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    },
    stdin: new Blob([STDIN]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err };
}

describe("a slow reader", () => {
  test.each(COMMANDS)("gets all %s of `specchat %s`", async (stream, words) => {
    const command = `specchat ${words} ${stream === "errors" ? "2>&1 >/dev/null" : "2>/dev/null"}`;
    const file = `output-${Bun.hash(command)}`;
    const [whole, piped] = await Promise.all([
      shell(`(${command}; echo "exit $?") > ${file}; cat ${file}`),
      // The pipe is full before the command writes anything, so even a short output has to wait.
      shell(`(head -c 65536 /dev/zero; ${command}; echo "exit $?") | (sleep 0.8; tail -c +65537)`),
    ]);
    // Both runs make the same call, at different times.
    const [expected, received] = [whole.out, piped.out].map((out) => out.replace(/"date": "[^"]*"/, ""));
    expect(received).toEqual(expected);
    expect(piped.out.length).toBeGreaterThan(60);
  });

  test("gets all events of `ask --json`", async () => {
    const { out } = await shell(
      `specchat ask --json Hello --model ${MODEL} --spec api.json | (sleep 1; while read -r line; do echo "$line"; done)`,
    );
    const events = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const text = events.flatMap((event) => (event.type === "text_delta" ? event.text : [])).join("");
    expect([text, events.at(-1)?.type]).toEqual([REPLY, "turn_ended"]);
  });

  test("gets all of `sessions export -`", async () => {
    await createStore(2000);
    const { out } = await shell("specchat sessions export - | (sleep 1; cat)");
    const lines = out.trimEnd().split("\n");
    expect([lines.length, JSON.parse(lines.at(-1) ?? "").message.id]).toEqual([2002, "1999"]);
  });
});

test("A reader that leaves early ends a command without an error", async () => {
  await createStore(2000);
  const commands = ["tools --json --spec api.json", "sessions export -", "call list1 --spec api.json"];
  const outcomes = await Promise.all(
    commands.map((command) => shell(`specchat ${command} | head -c 20 >/dev/null; echo "\${PIPESTATUS[0]}"`)),
  );
  expect(outcomes.map(({ out }) => out)).toEqual(commands.map(() => "0\n"));
  for (const { err } of outcomes) expect(err).not.toMatch(/EPIPE|Unexpected|at .*\.ts/);
});

describe("a full disk", () => {
  test.each(COMMANDS)("is a failure when it cannot take the %s of `specchat %s`", async (stream, words) => {
    const [toFull, toPipe] = stream === "output" ? [">/dev/full", "2>&1"] : ["2>/dev/full", ">/dev/null"];
    const { out } = await shell(`exec 3>&1; specchat ${words} ${toPipe} ${toFull}; echo "exit $?"`);
    const lines = out.trimEnd().split("\n");
    expect(lines.at(-1)).toMatch(/^exit [12]$/);
    if (stream === "output")
      expect(lines).toContain("Standard output cannot be written: ENOSPC: no space left on device, write");
  });

  test("is a failure of a command that succeeds and has warnings to print", async () => {
    const { out } = await shell(
      `specchat call list1 --spec api.json --api-header X:1 2>/dev/full >/dev/null; echo "exit $?"`,
    );
    expect(out).toBe("exit 0\n");
    const warned = await shell(
      `specchat tools --spec api.json --excluded-paths /things-1 2>/dev/full >/dev/null; echo "exit $?"`,
    );
    expect(warned.out).toBe("exit 1\n");
  });
});

test("`mcp` answers every request that it has read before its input ends", async () => {
  const calls = Array.from({ length: 40 }, (_, index) =>
    JSON.stringify({
      jsonrpc: "2.0",
      id: index + 10,
      method: "tools/call",
      params: { name: `list${index}`, arguments: {} },
    }),
  );
  // The last line has no line feed.
  await Bun.write(`${folder}/calls.jsonl`, STDIN + calls.join("\n"));
  const { out } = await shell("specchat mcp --spec api.json < calls.jsonl | (sleep 1; cat)");
  const answers = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const results = answers.filter(({ id, result }) => id >= 10 && result.content.length > 0);
  expect(results.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(calls.map((_, index) => index + 10));
});

test("A server runs on when the readers of its output leave", async () => {
  const free = Bun.serve({ port: 0, fetch: () => new Response() });
  const { port } = free;
  await free.stop(true);
  const { out } = await shell(
    `(${SPECCHAT_IN_SHELL} --spec api.json --port ${port} --model ${MODEL} 2>&1 & echo $! > pid) | true
     for attempt in $(seq 100); do curl -sf http://127.0.0.1:${port}/bedrock-chat/health && break; sleep 0.1; done
     kill "$(cat pid)"`,
  );
  expect(out).not.toBe("");
});

/** Creates a store with one session, whose export has two lines more than messages. */
async function createStore(messageCount: number): Promise<void> {
  await rm(`${folder}/.specchat`, { recursive: true, force: true });
  const store = openSqliteStore({ folder: `${folder}/.specchat`, now: Date.now });
  await store.create(createSession("a"));
  const messages = Array.from({ length: messageCount }, (_, index) =>
    createUserMessage(`${index}`, "A message of some length. ".repeat(10)),
  );
  await store.write("a" as SessionId, { at: formatTime(1), messages });
  await store.close();
}
