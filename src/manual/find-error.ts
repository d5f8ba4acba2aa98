/** Finds the section of an error code. */
import type { Topic } from "./types.ts";

/** Returns the section of the topic `errors` as a page of its own, or undefined for an unknown code. */
export function findErrorSection(topics: readonly Topic[], code: string): string | undefined {
  const page = topics.find(({ name }) => name === "errors");
  const section = page?.text.split(/^#(?=# )/m).find((text) => text.startsWith(`# \`${code}\`\n`));
  return section?.trimEnd();
}
