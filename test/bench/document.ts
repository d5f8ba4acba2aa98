/** Loads GitHub's document from the file to the tools. Baseline: JSON.parse of the same text. */

import { GITHUB_DOCUMENT, loadGitHubTools } from "./github.ts";
import { formatMs, type Measurement, measureFastest } from "./measurement.ts";

export async function document(): Promise<readonly Measurement[]> {
  const text = await Bun.file(GITHUB_DOCUMENT).text();
  const parsing = await measureFastest(9, () => JSON.parse(text));
  const loading = await measureFastest(9, loadGitHubTools);
  const parsed = await measureRetainedMemory("parsed");
  const tools = await measureRetainedMemory("tools");
  return [
    {
      name: "load GitHub's document into tools",
      value: formatMs(loading),
      ratio: { of: loading / parsing, to: "JSON.parse of the text", target: 4 },
    },
    {
      name: "memory retained by GitHub's tools",
      value: `${(tools / 1e6).toFixed(0)} MB`,
      ratio: { of: tools / parsed, to: "the parsed object", target: 3 },
    },
  ];
}

async function measureRetainedMemory(subject: "parsed" | "tools"): Promise<number> {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/retained-memory.ts`, subject], {
    stdout: "pipe",
  });
  return Number(await new Response(child.stdout).text());
}
