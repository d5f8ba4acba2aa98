/** `specchat tools --lint`: the operations that no plain question finds, and an overlay to begin with. */
import { toLegalName } from "../tools/catalog/names.ts";
import { ToolSearch } from "../tools/search/search.ts";
import { splitWords, stem } from "../tools/search/words.ts";
import type { Tool } from "../tools/types.ts";
import { formatOverlay } from "./overlay-text.ts";

export interface LintProblem {
  readonly tool: Tool;
  readonly problems: readonly string[];
}

/** The hits among which an operation must be found with its own words. */
const EXPECTED_RANK = 5;

/** Returns the operations with problems, in the order of the document. */
export async function lintTools(tools: readonly Tool[]): Promise<readonly LintProblem[]> {
  const search = await ToolSearch.create(tools);
  const twins = Map.groupBy(tools, summaryKey);
  return tools.flatMap((tool) => {
    const problems = [
      ...(describe(tool) === "" ? ["it has neither a summary nor a description"] : []),
      ...describeTwins(tool, twins.get(summaryKey(tool)) ?? [], search),
      ...describeClash(tool),
      ...describeMisses(tool, search),
    ];
    return problems.length > 0 ? [{ tool, problems }] : [];
  });
}

/** Returns an overlay that adds the words of the path to the description of each operation, to be edited. */
export function createStartingOverlay(problems: readonly LintProblem[]): string {
  return formatOverlay(
    "Descriptions for the assistant",
    problems.map(({ tool, problems: texts }) => ({
      tool,
      comment: `${tool.name}: ${texts.join("; ")}`,
      fields: { description: [describe(tool), describePath(tool)].filter((text) => text !== "").join(": ") },
    })),
  );
}

export function formatProblem({ tool, problems }: LintProblem): string {
  const { method, path } = tool.operation;
  return `${tool.name} (${method} ${path}): ${problems.join("; ")}\n`;
}

function describe({ operation, curation }: Tool): string {
  return (curation.description ?? operation.summary ?? operation.description ?? "").trim();
}

function summaryKey(tool: Tool): string {
  const words = splitWords(describe(tool)).join(" ");
  return words === "" ? tool.name : words;
}

/** Names the operations with the same description, unless a question with the words of the path tells this one apart. */
function describeTwins(tool: Tool, group: readonly Tool[], search: ToolSearch): string[] {
  const others = group.filter((other) => other !== tool);
  if (others.length === 0) return [];
  const hits: readonly unknown[] = search
    .search(describePath(tool), EXPECTED_RANK)
    .hits.map((hit) => hit.tool);
  const rank = hits.indexOf(tool);
  const isDistinct =
    rank !== -1 && others.every((other) => hits.indexOf(other) === -1 || hits.indexOf(other) > rank);
  return isDistinct ? [] : [`it has the same description as ${listSome(others.map(({ name }) => name))}`];
}

function describeClash({ name, operation: { operationId }, curation }: Tool): string[] {
  const isRenamed =
    operationId !== undefined && curation.name === undefined && name !== toLegalName(operationId);
  return isRenamed ? [`its operationId ${JSON.stringify(operationId)} belongs to another operation too`] : [];
}

function describeMisses(tool: Tool, search: ToolSearch): string[] {
  const question = describe(tool).split(/[.\n]/)[0] || splitWords(tool.name).join(" ");
  const hits = search.search(question, EXPECTED_RANK).hits.map((hit) => hit.tool);
  if (hits.includes(tool)) return [];
  const found = hits.length === 0 ? "nothing" : listSome(hits.map(({ name }) => name));
  return [`the question ${JSON.stringify(question)} finds ${found} instead`];
}

const MAX_LISTED = 3;

function listSome(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return `${names.slice(0, MAX_LISTED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const VERBS: Readonly<Record<string, string>> = {
  POST: "Create",
  PUT: "Replace",
  PATCH: "Update",
  DELETE: "Delete",
};

/** Describes an operation in the words of its path: `DELETE /orders/{id}/items/{item}` is "Delete item of order". */
function describePath({ operation: { method, path } }: Tool): string {
  const segments = path.split("/").filter((segment) => segment !== "");
  const isItem = segments.at(-1)?.startsWith("{") === true;
  const nouns = segments
    .filter((segment) => !segment.startsWith("{"))
    .map((segment) => splitWords(segment).join(" "));
  const [last = "", ...parents] = nouns.toReversed();
  const verb = VERBS[method] ?? (isItem ? "Get" : "List");
  const subject = verb === "List" ? last : stem(last);
  return [`${verb} ${subject}`.trim(), ...parents.map((parent) => `of ${stem(parent)}`)].join(" ");
}
