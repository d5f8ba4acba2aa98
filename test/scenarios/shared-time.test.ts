/** Tests that queries over long results share a budget of time, and do not hold up other people. */
import { afterEach, beforeEach, expect, test } from "bun:test";
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

const RECORDS = Array.from({ length: 10_000 }, (_, id) => ({
  id,
  name: `thing ${id}`,
  note: "x".repeat(40),
}));
/** Compares each record with each. */
const SLOW = "[*].{a: $[*].id}";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let client: NativeClient;

beforeEach(async () => {
  bedrock = await startBedrock();
  api = await startApi(() => Response.json(RECORDS));
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL],
    model: createBedrockAt(bedrock.url),
  });
  client = await NativeClient.connect(specchat.url);
});

afterEach(async () => {
  client.close();
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

/** Runs a turn that stores the records and then makes these calls. Returns the results of the calls. */
async function run(...calls: readonly (readonly [name: string, input: object])[]): Promise<string[]> {
  bedrock.script([
    { calls: [{ name: "listThings", input: {}, id: "list" }] },
    { calls: calls.map(([name, input], index) => ({ name, input: { ...input }, id: `c${index}` })) },
    { text: "Done." },
  ]);
  const frames = await client.runTurn("go");
  return frames.flatMap((frame) =>
    frame.type === "tool_result" && frame.tool_call_id !== "list" ? [frame.result] : [],
  );
}

const query = (filter: string) => ["query_result", { id: "r1", filter }] as const;

test("An expression over a long result has the same outcome in a worker.", async () => {
  const results = await run(
    query("length(@)"),
    query("[?id > `9997`].name"),
    query("sum([*].id)"),
    query("[*"),
    query(SLOW),
    ["listThings", { _filter: "[-1].id" }],
    ["listThings", { _filter: SLOW }],
  );
  expect(results).toEqual([
    "10000",
    '["thing 9998","thing 9999"]',
    "49995000",
    expect.stringContaining("The filter was refused: Syntax error"),
    expect.stringContaining("The expression takes longer than 300 ms. Simplify it."),
    "9999",
    expect.stringContaining("Filter not applied: The expression takes longer than 300 ms."),
  ]);
});

test("The queries of a turn share a budget of time. A cheap one answers all the same.", async () => {
  const results = await run(...Array.from({ length: 12 }, (_, index) => query(`[*].{a${index}: $[*].id}`)), [
    "listThings",
    { _filter: "[0].name" },
  ]);
  const used = results.filter((result) => result.includes("of this turn have taken 2000 ms together"));
  expect(used.length).toBeGreaterThan(2);
  expect(results.at(-1)).toBe("thing 0".replace(/.*/, '"thing 0"'));
});

test("Another person is answered again and again while the queries of a turn run.", async () => {
  const other = await NativeClient.connect(specchat.url);
  let answered = 0;
  let isOver = false;
  const pinging = (async () => {
    while (!isOver) {
      other.send({ type: "ping" });
      await other.waitFor("pong");
      answered += 1;
      // More than some thousand frames a second close a socket.
      await Bun.sleep(1);
    }
  })();
  await run(...Array.from({ length: 4 }, () => query(SLOW)));
  isOver = true;
  await pinging;
  other.close();
  // On one thread, a query answers nobody until it is over.
  expect(answered).toBeGreaterThan(50);
});
