/** GitHub's document from the file to ready tools. Baseline: JSON.parse of the same text. */
import { type Figure, fastest, ms } from "./figure.ts";
import { GITHUB, loadGitHub } from "./github.ts";

export async function document(): Promise<readonly Figure[]> {
  const text = await Bun.file(GITHUB).text();
  const parsing = await fastest(9, () => JSON.parse(text));
  const loading = await fastest(9, loadGitHub);
  const parsed = await keptMemory("parsed");
  const tools = await keptMemory("tools");
  return [
    {
      name: "GitHub's document, file to tools",
      value: ms(loading),
      ratio: { of: loading / parsing, to: "JSON.parse of it", target: 4 },
    },
    {
      name: "GitHub's tools, memory kept",
      value: `${(tools / 1e6).toFixed(0)} MB`,
      ratio: { of: tools / parsed, to: "the parsed object", target: 3 },
    },
  ];
}

async function keptMemory(what: "parsed" | "tools"): Promise<number> {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/kept-memory.ts`, what], { stdout: "pipe" });
  return Number(await new Response(child.stdout).text());
}
