/** Finds the arguments of a tool that select a page. Pure. */
import type { Tool } from "../tools/types.ts";

/** Parameter names, ignoring punctuation around the word as in `$skip`. The first match of a tool is used. */
export const PAGE_ARGUMENT = /^\W*(page|page_?(number|num|no|index)|p)\W*$/i;
export const OFFSET_ARGUMENT = /^\W*(offset|skip|start|start_?(index|at|from)|from_?index)\W*$/i;
export const LIMIT_ARGUMENT =
  /^\W*(limit|per_?page|page_?(size|limit)|size|top|max_?(results|items|keys)|count|rows|num|take)\W*$/i;
export const CURSOR_ARGUMENT =
  /^\W*((next_?|start_?|page_?)?cursor|(next_?|page_?|next_?page_?|continuation_?|pagination_?)?token|after|starting_?after|(next_?|start_?)?marker|scroll_?id|skip_?token)\W*$/i;

/** Finds an argument by the original name of its query parameter, before it was adapted for the model. */
export function findArgument(tool: Tool, name: RegExp): string | undefined {
  return Object.keys(tool.argumentTargets).find((argument) => {
    const target = tool.argumentTargets[argument];
    const queryName = queryParameterName(tool, argument);
    return name.test(queryName ?? (target?.in === "property" ? target.name : ""));
  });
}

/**
 * Reads the query of a link to the next page as arguments of the same tool. The rest of the link is ignored: wherever it
 * points, the next call is one of this operation. Returns undefined when the tool has none of the parameters.
 */
export function readLinkArguments(tool: Tool, link: string): Readonly<Record<string, unknown>> | undefined {
  const query = URL.parse(link, "http://address.invalid")?.searchParams;
  const found = new Map<string, unknown>();
  for (const argument of Object.keys(tool.argumentTargets)) {
    const name = queryParameterName(tool, argument);
    if (name === undefined || !query?.has(name)) continue;
    const values = query.getAll(name);
    found.set(argument, values.length > 1 ? values : values[0]);
  }
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

/** Returns the name of an argument's query parameter. */
function queryParameterName(tool: Tool, argument: string): string | undefined {
  const target = tool.argumentTargets[argument];
  if (target?.in !== "parameter") return undefined;
  const parameter = tool.operation.parameters[target.index];
  return parameter?.in === "query" ? parameter.name : undefined;
}
