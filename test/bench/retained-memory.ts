/**
 * Prints the bytes that GitHub's document retains: `parsed` as JSON, as `tools` with their definitions, or as tools after
 * they were `reloaded`. It runs in its own process. The code
 * that loads documents is compiled before, so that only the document counts.
 */
import { heapStats } from "bun:jsc";
import { GITHUB_DOCUMENT, loadDemoTools, loadGitHubTools } from "./github.ts";

const loaders = {
  parsed: async () => JSON.parse(await Bun.file(GITHUB_DOCUMENT).text()),
  tools: async () => {
    const apis = await loadGitHubTools();
    return [apis, apis.current.advertised];
  },
  reloaded: async () => {
    const apis = await loadGitHubTools();
    await apis.reload();
    return [apis, apis.current.advertised];
  },
};
const measureHeap = async () => {
  // What a stopped worker and the last turns of the event loop hold is released a moment later.
  await Bun.sleep(200);
  Bun.gc(true);
  const { heapSize, extraMemorySize } = heapStats();
  return heapSize + extraMemorySize;
};

const [subject = "parsed"] = process.argv.slice(2);
await loadDemoTools();
const before = await measureHeap();
const retained = await loaders[subject as keyof typeof loaders]();
const bytes = (await measureHeap()) - before;
process.stdout.write(retained === undefined ? "0" : String(bytes));
