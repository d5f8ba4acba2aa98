/** What the tools cost in every request, and what would make it less: the rows of the start's banner. */
import type { Apis } from "../apis/load-apis.ts";
import { unmetSecurity } from "../tools/auth/credentials.ts";
import { createTool } from "../tools/catalog/tool.ts";
import type { AnyTool, CustomTool, Tool } from "../tools/types.ts";

/** Tokens of all definitions from which the costliest are worth a line, and a smaller limit is worth a try. */
const WORTH_NAMES = 5000;
const WORTH_TRYING = 10_000;
const MOST_NAMES = 10;
const SMALLER_LIMIT = 100;
/** Tools made again to see what the smaller limit brings: every so-manieth of a large document. */
const SAMPLE = 150;

/** Each the label and the text of one line; the first has both. */
export function sizeRows(
  { toolbox, custom, tools: all, toolTokens }: Apis,
  descriptionLimit: number,
): readonly [string, string][] {
  const { tools, rejected } = toolbox;
  const ownTokens = custom.reduce((sum, { tokens }) => sum + tokens, 0);
  return [
    ["Tools", `${all.length}, about ${shown(toolTokens)} tokens in every request`],
    ...(toolTokens > WORTH_NAMES ? [row(`the costliest: ${costliest(all)}`)] : []),
    ...(toolTokens - ownTokens > WORTH_TRYING
      ? savings(tools, toolTokens, ownTokens, descriptionLimit).map(row)
      : []),
    ...besides(custom).map(row),
    ...(rejected.length > 0
      ? [row(`${rejected.length} operations are no tool: \`specchat tools\` says why`)]
      : []),
    ...unmet(tools).map(row),
  ];
}

function row(text: string): [string, string] {
  return ["", text];
}

/** Those that are no operations: a module is a tool, an MCP server may have many. */
function besides(custom: readonly CustomTool[]): readonly string[] {
  const own = custom.filter(({ server }) => server === undefined).map(({ name }) => name);
  const served = Map.groupBy(
    custom.filter(({ server }) => server !== undefined),
    ({ source }) => source,
  );
  return [
    ...(own.length > 0 ? [`your own: ${own.join(", ")}`] : []),
    ...[...served].map(([source, { length }]) => `${source}: ${length}`),
  ];
}

function costliest(tools: readonly AnyTool[]): string {
  return tools
    .toSorted((a, b) => b.tokens - a.tokens)
    .slice(0, MOST_NAMES)
    .map(({ name, tokens }) => `${name} ${shown(tokens)}`)
    .join(", ");
}

/** `ownTokens`: those of `toolTokens` that no limit makes less. */
function savings(
  tools: readonly Tool[],
  toolTokens: number,
  ownTokens: number,
  limit: number,
): readonly string[] {
  if (limit <= SMALLER_LIMIT) return [];
  const step = Math.ceil(tools.length / SAMPLE);
  const sample = tools.filter((_, index) => index % step === 0);
  const before = sample.reduce((sum, { tokens }) => sum + tokens, 0);
  const after = sample.reduce(
    (sum, { name, operation, api, curation }) =>
      sum + createTool(name, operation, api, { descriptionLimit: SMALLER_LIMIT }, curation).tokens,
    0,
  );
  const left = Math.round(((toolTokens - ownTokens) * after) / before) + ownTokens;
  return [`--description-limit ${SMALLER_LIMIT} would leave about ${shown(left)} of these tokens`];
}

/** Schemes that settings do not meet, each with how many operations need it. */
function unmet(tools: readonly Tool[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const tool of tools) {
    const schemes = unmetSecurity(tool);
    if (schemes !== undefined) counts.set(schemes, (counts.get(schemes) ?? 0) + 1);
  }
  return [...counts].map(
    ([schemes, count]) =>
      `${count} ${count === 1 ? "operation needs" : "operations need"} a credential, scheme ${schemes}: --api-credential, or the caller's own`,
  );
}

function shown(count: number): string {
  return count.toLocaleString("en-US");
}
