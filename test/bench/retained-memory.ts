/** Prints the bytes that GitHub's document retains: `parsed` as JSON, or as `tools`. It runs in its own process. */
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

const [subject = "parsed"] = process.argv.slice(2);
const before = measureHeap();
const retained = await loaders[subject as keyof typeof loaders]();
const bytes = measureHeap() - before;
process.stdout.write(retained === undefined ? "0" : String(bytes));
