/** How long the event loop stands still, by the CPU time of its thread, when many want something in the same moment. */
import { startLoad } from "../harness/load-process.ts";
import { startModelServer } from "../harness/model-server.ts";
import { startStallServer } from "../harness/stall-process.ts";
import type { Bench, Site } from "../harness/types.ts";
import { formatMs, type Measurement, median } from "../measurement.ts";

const LIMIT_MS = 30;
const QUESTIONS = 500;
const RESUMES = 1000;
/** Deltas of the session that many resume. */
const RESUMED_DELTAS = 200;
const WORDS = ["order", "customer", "late", "shipping", "invoice", "refund", "ticket", "account", "payment"];
/** Lines without paragraphs: every one of them is a place to cut. */
const LONG_MESSAGE = Array.from({ length: 15_000 }, (_, line) =>
  Array.from(
    { length: 9 },
    (_, word) => `${WORDS[(line * 7 + word * word) % WORDS.length]}${(line * word) % 97}`,
  ).join(" "),
)
  .join("\n")
  .slice(0, 900_000);

interface Work {
  readonly name: string;
  readonly argv?: readonly string[];
  readonly prepare: (site: Site) => Promise<void>;
  readonly run: (site: Site) => Promise<unknown>;
}

const WORKS: readonly Work[] = [
  {
    name: `${QUESTIONS} questions at once`,
    async prepare({ server, load, model }) {
      await load.connect(server, QUESTIONS);
      await model.set({ deltas: 20, intervalMs: 20, callsTool: false });
    },
    run: ({ load }) => load.run({ order: "turns", each: 1 }),
  },
  {
    name: `${RESUMES.toLocaleString("en")} resumes of one session`,
    async prepare({ server, load, model }) {
      await load.connect(server, RESUMES + 1);
      await model.set({ deltas: RESUMED_DELTAS, intervalMs: 1, callsTool: false });
      await load.run({ order: "turns", each: 1, only: 1 });
    },
    run: ({ load }) => load.run({ order: "resume" }),
  },
  {
    name: "semantic chunking of 0.9 MB",
    argv: ["--chunking-strategy", "semantic"],
    prepare: ({ server, load }) => load.connect(server, 1),
    run: ({ load }) => load.run({ order: "turns", each: 1, message: LONG_MESSAGE }),
  },
];

export async function stalls(bench: Bench): Promise<readonly Measurement[]> {
  const [model, load] = [await startModelServer(), startLoad()];
  const measurements: Measurement[] = [];
  try {
    for (const work of WORKS) {
      const server = await startStallServer(model.url, work.argv ?? []);
      const site = { server, load, model };
      const stalls: number[] = [];
      for (let round = 0; round <= bench.rounds; round++) {
        await work.prepare(site);
        const { cpuMs } = await server.measure(() => work.run(site));
        await load.run({ order: "disconnect" });
        if (round > 0) stalls.push(cpuMs);
      }
      await server.stop();
      const ms = median(stalls);
      measurements.push({
        name: `longest stall: ${work.name}`,
        value: formatMs(ms),
        ratio: {
          of: ms / LIMIT_MS,
          to: `${LIMIT_MS} ms`,
          target: 1,
          low: Math.min(...stalls) / LIMIT_MS,
          high: Math.max(...stalls) / LIMIT_MS,
        },
        samples: { specchat: stalls },
      });
    }
  } finally {
    await Promise.all([load.stop(), model.stop()]);
  }
  return measurements;
}
