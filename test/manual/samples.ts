/** The fenced blocks of the manual and of README.md. */
import { readFile } from "node:fs/promises";
import { TOPICS } from "../../src/manual/topics.ts";

export interface Sample {
  /** `cost.md:13`, the line of the fence in the text of the topic. */
  readonly place: string;
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

export async function readSamples(): Promise<readonly Sample[]> {
  const readme = await readFile(`${import.meta.dir}/../../README.md`, "utf8");
  const pages = [
    ...TOPICS.map(({ name, text }) => [`${name}.md`, text] as const),
    ["README.md", readme] as const,
  ];
  return pages.flatMap(([page, text]) =>
    [...text.matchAll(/^```(\w*)\n(.*?)^```/gms)].map(({ 1: language = "", 2: body = "", index }) => {
      const line = text.slice(0, index).split("\n").length;
      return { place: `${page}:${line}`, page, language, text: body };
    }),
  );
}

/** Returns whether the blocks of the page share a server, which its first block starts: `migration.test.ts` runs them. */
export function hasServer({ page }: Pick<Sample, "page">): boolean {
  return page.startsWith("migration-");
}
