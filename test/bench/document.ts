/** Loads GitHub's document from the file to the tools. Baseline: JSON.parse of the same text. */
import { GITHUB_DOCUMENT, loadGitHubTools } from "./github.ts";
import { formatMs, type Measurement, measureFastest, median } from "./measurement.ts";

const ROUNDS = 15;

export async function document(): Promise<readonly Measurement[]> {
  const text = await Bun.file(GITHUB_DOCUMENT).text();
  const [parsing, loading] = await measureInterleaved(() => JSON.parse(text), loadGitHubTools);
  const parsed = await measureRetainedMemory("parsed");
  const tools = await measureRetainedMemory("tools");
  const reloaded = await measureRetainedMemory("reloaded");
  return [
    {
      name: "load GitHub's document into tools",
      value: formatMs(loading),
      ratio: { of: loading / parsing, to: "JSON.parse of the text", target: 3 },
    },
    {
      name: "memory retained by GitHub's tools",
      value: `${(tools / 1e6).toFixed(0)} MB`,
      ratio: { of: tools / parsed, to: "the parsed object", target: 0.6 },
    },
    {
      name: "memory retained by GitHub's tools, reloaded",
      value: `${(reloaded / 1e6).toFixed(0)} MB`,
      ratio: { of: reloaded / parsed, to: "the parsed object", target: 0.6 },
    },
  ];
}

/** Returns the medians of two tasks that run in turn, so that another load of the machine affects both. */
async function measureInterleaved(
  baseline: () => unknown,
  task: () => unknown,
): Promise<readonly [baseline: number, task: number]> {
  const times: [number, number][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    Bun.gc(true);
    const first = await measureFastest(1, baseline);
    Bun.gc(true);
    times.push([first, await measureFastest(1, task)]);
  }
  return [median(times.map(([first]) => first)), median(times.map(([, second]) => second))];
}

async function measureRetainedMemory(subject: "parsed" | "tools" | "reloaded"): Promise<number> {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/retained-memory.ts`, subject], {
    stdout: "pipe",
  });
  return Number(await new Response(child.stdout).text());
}
