/** Searches GitHub's operations. Baseline: JSON.parse of the document. */
import { ToolSearch } from "../../src/tools/search/search.ts";
import { GITHUB_DOCUMENT, loadGitHubTools } from "./github.ts";
import { formatMs, type Measurement, measureCpu, measureFastest, median } from "./measurement.ts";

const ROUNDS = 9;
const TASKS = `${import.meta.dir}/../tools/search/github-tasks.tsv`;
const MAX_MB = 10;

export async function search(): Promise<readonly Measurement[]> {
  const text = await Bun.file(GITHUB_DOCUMENT).text();
  const lines = (await Bun.file(TASKS).text()).trim().split("\n");
  const queries = lines.flatMap((line) => line.split("\t").slice(1));
  const apis = await loadGitHubTools();
  const { tools, search: offered, toolTokens } = apis.current;
  await apis.stop();
  const parsing = await measureCpu(ROUNDS, () => JSON.parse(text));
  const indexing = await measureCpu(ROUNDS, () => ToolSearch.create(tools));
  Bun.gc(true);
  const before = process.memoryUsage().heapUsed;
  const index = await ToolSearch.create(tools);
  Bun.gc(true);
  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
  const times: number[] = [];
  for (const query of queries) times.push(await measureFastest(3, () => index.search(query)));
  const found = await offered?.find({ queries: ["list pull requests"] });
  const answer = found?.outcome === "found" ? Math.ceil(found.text.length / 3.6) : Number.NaN;
  return [
    {
      name: `index of ${tools.length} operations`,
      value: formatMs(indexing),
      ratio: { of: indexing / parsing, to: "JSON.parse of the document", target: 3 },
    },
    {
      name: "memory of the index",
      value: `${megabytes.toFixed(1)} MB`,
      ratio: { of: megabytes / MAX_MB, to: `${MAX_MB} MB`, target: 1 },
    },
    {
      name: `one of ${queries.length} queries, median`,
      value: formatMs(median(times)),
      ratio: { of: median(times) / parsing, to: "JSON.parse of the document", target: 0.015 },
    },
    {
      name: "definitions of a model request",
      value: `${toolTokens} tokens`,
      ratio: { of: toolTokens / 5000, to: "5,000 tokens", target: 1 },
    },
    { name: "ten hits of a search", value: `${answer} tokens` },
  ];
}
