/** 2,000 sessions that stream at once: how many reach the model together, and the memory when they have left. */
import { compareSamples } from "../harness/compare.ts";
import type { ModelServer } from "../harness/model-server.ts";
import { settleResidentKb } from "../harness/process-usage.ts";
import { compareWith, measureRounds } from "../harness/rounds.ts";
import type { Bench } from "../harness/types.ts";
import { type Measurement, median } from "../measurement.ts";

const STREAMS = 2000;
/** Streams before the measured ones, which compile the code. */
const WARM_UP = 200;
/** Seconds that a stream lasts. */
const STREAM_SECONDS = 20;
const SETTLE_SECONDS = 20;
const MEMORY_LIMIT = 1.2;

export async function streams(bench: Bench): Promise<readonly Measurement[]> {
  const argv = ["--max-concurrent-requests", String(STREAMS)];
  const samples = await measureRounds({
    servers: compareWith(bench, ["A"], { argv }),
    rounds: 1,
    isFresh: true,
    async measure({ server, load, model }) {
      await model.set({ deltas: 20, intervalMs: 10, callsTool: false });
      await load.connect(server, WARM_UP);
      await load.run({ order: "turns", each: 3 });
      await load.run({ order: "disconnect" });
      const before = await settleResidentKb(server.pid, 5);
      await model.set({ deltas: STREAM_SECONDS, intervalMs: 1000, callsTool: false });
      await load.connect(server, STREAMS);
      const running = load.run({ order: "turns", each: 1 });
      const reached = await watchStreams(model, running);
      await load.run({ order: "disconnect" });
      const after = await settleResidentKb(server.pid, bench.isQuick ? SETTLE_SECONDS / 2 : SETTLE_SECONDS);
      return { reached, before: before / 1000, after: after / 1000 };
    },
  });
  const medianOf = (metric: "reached" | "before" | "after") =>
    median(samples.get("specchat")?.[metric] ?? []);
  const count = STREAMS.toLocaleString("en");
  const reached = compareSamples(samples, {
    name: `of ${count} sessions at once, those whose streams reach the model together`,
    unit: "streams",
    metric: "reached",
  });
  const memory = compareSamples(samples, {
    name: `memory when ${count} streaming sessions have left`,
    unit: `MB, ${Math.round(medianOf("before"))} MB before`,
    metric: "after",
  });
  return [
    { ...reached, ratio: { of: medianOf("reached") / STREAMS, to: count, target: 1, isMinimum: true } },
    {
      ...memory,
      ratio: { of: medianOf("after") / medianOf("before"), to: "before", target: MEMORY_LIMIT },
    },
  ];
}

/** Returns the largest number of streams at the same time, until the load is done. */
async function watchStreams(model: ModelServer, running: Promise<unknown>): Promise<number> {
  let [largest, isRunning] = [0, true];
  const ending = running.finally(() => {
    isRunning = false;
  });
  while (isRunning) {
    largest = Math.max(largest, await model.countStreams());
    await Bun.sleep(200);
  }
  await ending;
  return largest;
}
