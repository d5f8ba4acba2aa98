/** Measures what long responses of the API and queries over them cost others: the answers to another person's pings. */
import { type ScriptedResponse, startBedrock } from "../bedrock/index.ts";
import { NativeClient, startApi } from "../support/harness.ts";
import { createServerFixture } from "../support/server-process.ts";
import { formatMs, type Measurement } from "./measurement.ts";
import { p99Of, startPerson, timeDuring } from "./people.ts";

const KEY = "sk-live/9f8e7d6c5b4a==";

const createRecords = (count: number, firstId: bigint, note = "x".repeat(100)) =>
  `[${Array.from(
    { length: count },
    (_, index) =>
      `{"id":${firstId + BigInt(index)},"name":"Thing ${index}","note":"${note}","tags":["a","b"],"price":${index}.5}`,
  ).join(",")}]`;

const SHORT_LIST = createRecords(10_000, 1n);
const LONG_LIST = createRecords(58_000, 1n);
const LONG_LIST_OF_LONG_IDS = createRecords(58_000, 9_007_199_254_740_993n);
/** Not a text of one byte for each character, and with the credential in each record. */
const LONG_LIST_OF_KEYS = createRecords(40_000, 1n, `${"é日".repeat(20)}?api_key=${KEY}`);

/** Milliseconds that the p99 of a ping may take. */
const LIMIT_MS = 50;
/** How much longer a ping may take than on a quiet server. */
const TARGET = 3;

interface Work {
  readonly name: string;
  readonly list: string;
  readonly type?: string;
  readonly replies: readonly ScriptedResponse[];
}

const call = (name: string, input: object) => ({ name, input: { ...input } });
const list = (filter?: string): ScriptedResponse => ({
  calls: [call("list_things", filter === undefined ? {} : { _filter: filter })],
});
const COMPARE_ALL = "[*].{a: $[*].id}";

const WORKS: readonly Work[] = [
  {
    name: "4 queries over 10,000 records",
    list: SHORT_LIST,
    replies: [
      list(),
      { calls: Array.from({ length: 4 }, () => call("query_result", { id: "r1", filter: COMPARE_ALL })) },
    ],
  },
  { name: "a list of 10 MB", list: LONG_LIST, replies: [list()] },
  { name: "_filter over 10 MB", list: LONG_LIST, replies: [list("[?price > `50`].name | [:20]")] },
  {
    name: "_filter over 10 MB with long ids",
    list: LONG_LIST_OF_LONG_IDS,
    replies: [list("[?price > `50`].id | [:20]")],
  },
  { name: "10 MB that repeat the key", list: LONG_LIST_OF_KEYS, replies: [list()] },
  { name: "10 MB without a type", list: LONG_LIST, type: "application/octet-stream", replies: [list()] },
  {
    name: "search_result over 10 MB",
    list: LONG_LIST,
    replies: [list(), { calls: [call("search_result", { id: "r1", text: "Thing 57999" })] }],
  },
  {
    name: "fetch_all over 10 MB",
    list: LONG_LIST,
    replies: [{ calls: [call("fetch_all", { tool: "list_things", arguments: {} })] }],
  },
];

export async function results(): Promise<readonly Measurement[]> {
  const bedrock = await startBedrock({ strict: false });
  let body = "[]";
  let type = "application/json";
  const api = await startApi(() => new Response(body, { headers: { "content-type": type } }));
  const fixture = await createServerFixture(bedrock, api);
  const server = await fixture.start(
    ...["--approve", "none", "--max-response-size", "20000000", "--api-header", `X-Key: ${KEY}`],
  );
  const origin = new URL(server.url).origin;
  const person = await startPerson(origin, "ping");
  const time = async (work: () => Promise<unknown>) => (await timeDuring([person], work)).flat();
  const run = async (work: Work) => {
    body = work.list;
    type = work.type ?? "application/json";
    bedrock.script([...work.replies, { text: "done" }]);
    const client = await NativeClient.connect(origin);
    const events = await client.runTurn("go");
    client.close();
    const end = events.at(-1);
    if (end?.type === "error") throw new Error(JSON.stringify(end));
  };
  // The first requests compile the code.
  for (const work of WORKS) await run(work);
  const quiet = p99Of(await time(() => Bun.sleep(2)));
  const measurements: Measurement[] = [];
  for (const work of WORKS) {
    const times = await time(() => run(work));
    const p99 = p99Of(times);
    measurements.push({
      name: `p99 of a ping during ${work.name}`,
      value: `${formatMs(p99)} (longest ${formatMs(Math.max(...times))})`,
      ratios: [
        { of: p99 / LIMIT_MS, to: `the limit of ${LIMIT_MS} ms`, target: 1 },
        { of: p99 / quiet, to: `a quiet server (${formatMs(quiet)})`, target: TARGET },
      ],
    });
  }
  person.leave();
  await fixture.remove();
  await Promise.all([bedrock.stop(), api.stop()]);
  return measurements;
}
