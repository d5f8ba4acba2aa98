/** Groups tools by tag and filters them by words. Pure. */
import { escapeInvisible } from "../escape.ts";
import type { ToolFrame } from "../protocol.ts";

export interface ToolGroup {
  /** A tag or the name of a source. Empty for operations without a tag. */
  readonly title: string;
  readonly tools: readonly ToolFrame[];
}

/** Returns the tools that have every word of the text, in groups by their first tag. Tools without a tag come last. */
export function groupTools(tools: readonly ToolFrame[], text: string): readonly ToolGroup[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = tools.filter((tool) => {
    const texts = searchedTexts(tool);
    return words.every((word) => texts.includes(word));
  });
  const groups = [...Map.groupBy(found, groupOf)].map(([title, members]) => ({ title, tools: members }));
  return groups.toSorted((one, other) => Number(one.title === "") - Number(other.title === ""));
}

function groupOf({ api, tags, source = "" }: ToolFrame): string {
  const [tag = source] = tags;
  return escapeInvisible(api === undefined || tag === "" ? (api ?? tag) : `${api} · ${tag}`);
}

function searchedTexts({
  name,
  summary = "",
  method = "",
  path = "",
  tags,
  source = "",
  api = "",
}: ToolFrame): string {
  return [name, summary, method, path, ...tags, source, api].join("\n").toLocaleLowerCase();
}
