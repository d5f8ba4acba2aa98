/** Describes the tools' cost in tokens, and how to reduce it, as rows of the banner. */
import type { ToolCatalog } from "../apis/load-apis.ts";
import { findUnmetSecurity } from "../tools/auth/credentials.ts";
import { createTool } from "../tools/catalog/tool.ts";
import type { AnyTool, CustomTool, Tool } from "../tools/types.ts";

/** Tokens of all definitions above which the banner names the largest tools and estimates a smaller limit. */
const NAMES_THRESHOLD_TOKENS = 5000;
const SAVINGS_THRESHOLD_TOKENS = 10_000;
const MAX_NAMES = 10;
const REDUCED_DESCRIPTION_LIMIT = 100;
/** Maximum tools rebuilt for the estimate. In a large document every n-th tool is taken. */
const SAMPLE_SIZE = 150;

/** Returns the label and the text of each line. Only the first line has a label. */
export function describeToolSize(
  { toolbox, custom, tools: allTools, toolTokens, search }: ToolCatalog,
  descriptionLimit: number,
): readonly [string, string][] {
  const { tools, rejected } = toolbox;
  const cost = `about ${formatCount(toolTokens)} tokens in every request`;
  return [
    ["Tools", search ? `${allTools.length}, found by searching: ${cost}` : `${allTools.length}, ${cost}`],
    ...(search ? [] : describeDefinitions(allTools, tools, custom, toolTokens, descriptionLimit)),
    ...describeCustomTools(custom).map(toContinuationRow),
    ...(rejected.length > 0
      ? [toContinuationRow(`${rejected.length} operations left out: \`specchat tools\` lists the reasons`)]
      : []),
    ...describeUnmetSecurity(tools).map(toContinuationRow),
  ];
}

/** Names the largest definitions, and estimates a smaller limit. */
function describeDefinitions(
  allTools: readonly AnyTool[],
  operations: readonly Tool[],
  custom: readonly CustomTool[],
  toolTokens: number,
  descriptionLimit: number,
): readonly [string, string][] {
  const customTokens = custom.reduce((sum, { tokens }) => sum + tokens, 0);
  return [
    ...(toolTokens > NAMES_THRESHOLD_TOKENS
      ? [toContinuationRow(`largest: ${listLargestTools(allTools)}`)]
      : []),
    ...(toolTokens - customTokens > SAVINGS_THRESHOLD_TOKENS
      ? estimateSavings(operations, toolTokens, customTokens, descriptionLimit).map(toContinuationRow)
      : []),
  ];
}

function toContinuationRow(text: string): [string, string] {
  return ["", text];
}

/** Lists the tools of modules by name, and those of MCP servers by count. */
function describeCustomTools(custom: readonly CustomTool[]): readonly string[] {
  const localNames = custom.filter(({ server }) => server === undefined).map(({ name }) => name);
  const toolsByServer = Map.groupBy(
    custom.filter(({ server }) => server !== undefined),
    ({ source }) => source,
  );
  return [
    ...(localNames.length > 0 ? [`custom: ${localNames.join(", ")}`] : []),
    ...[...toolsByServer].map(([source, { length }]) => `${source}: ${length}`),
  ];
}

function listLargestTools(tools: readonly AnyTool[]): string {
  return tools
    .toSorted((a, b) => b.tokens - a.tokens)
    .slice(0, MAX_NAMES)
    .map(({ name, tokens }) => `${name} ${formatCount(tokens)}`)
    .join(", ");
}

/** Estimates the tokens with a smaller limit. `customTokens` is the part of `toolTokens` that the limit does not affect. */
function estimateSavings(
  tools: readonly Tool[],
  toolTokens: number,
  customTokens: number,
  limit: number,
): readonly string[] {
  if (limit <= REDUCED_DESCRIPTION_LIMIT) return [];
  const step = Math.ceil(tools.length / SAMPLE_SIZE);
  const sample = tools.filter((_, index) => index % step === 0);
  const before = sample.reduce((sum, { tokens }) => sum + tokens, 0);
  const after = sample.reduce(
    (sum, { name, operation, api, curation }) =>
      sum +
      createTool(name, operation, api, { descriptionLimit: REDUCED_DESCRIPTION_LIMIT }, curation).tokens,
    0,
  );
  const remaining = Math.round(((toolTokens - customTokens) * after) / before) + customTokens;
  return [
    `--description-limit ${REDUCED_DESCRIPTION_LIMIT} would leave about ${formatCount(remaining)} of these tokens`,
  ];
}

/** Returns a line for each security scheme without a configured credential, with the number of its operations. */
function describeUnmetSecurity(tools: readonly Tool[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const tool of tools) {
    const schemes = findUnmetSecurity(tool);
    if (schemes !== undefined) counts.set(schemes, (counts.get(schemes) ?? 0) + 1);
  }
  return [...counts].map(
    ([schemes, count]) =>
      `${count} ${count === 1 ? "operation needs" : "operations need"} a credential for ${schemes}: set --api-credential, or use the caller's own`,
  );
}

function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}
