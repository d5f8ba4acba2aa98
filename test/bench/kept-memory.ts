/** Bytes that GitHub's document keeps alive, in a process of its own: `parsed` as JSON, or `tools` made from it. */
import { heapStats } from "bun:jsc";
import { GITHUB_DOCUMENT, loadGitHubTools } from "./github.ts";

const loaders = {
  parsed: async () => JSON.parse(await Bun.file(GITHUB_DOCUMENT).text()),
  tools: loadGitHubTools,
};
const measureHeap = () => {
  Bun.gc(true);
  const { heapSize, extraMemorySize } = heapStats();
  return heapSize + extraMemorySize;
};

const [what = "parsed"] = process.argv.slice(2);
const before = measureHeap();
const retained = await loaders[what as keyof typeof loaders]();
const bytes = measureHeap() - before;
process.stdout.write(retained === undefined ? "0" : String(bytes));
