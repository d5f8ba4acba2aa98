/** Bytes that GitHub's document keeps alive, in a process of its own: `parsed` as JSON, or `tools` made from it. */
import { heapStats } from "bun:jsc";
import { GITHUB, loadGitHub } from "./github.ts";

const make = { parsed: async () => JSON.parse(await Bun.file(GITHUB).text()), tools: loadGitHub };
const size = () => {
  Bun.gc(true);
  const { heapSize, extraMemorySize } = heapStats();
  return heapSize + extraMemorySize;
};

const [what = "parsed"] = process.argv.slice(2);
const before = size();
const kept = await make[what as keyof typeof make]();
const bytes = size() - before;
process.stdout.write(kept === undefined ? "0" : String(bytes));
