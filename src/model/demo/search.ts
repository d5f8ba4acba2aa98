/** The demo model's search for operations: find, then read the definitions, then plan calls as with tools. */
import type { Message, ToolCall, ToolDefinition, ToolResult } from "../../chat/types.ts";
import { isObject, parseJson } from "../../json.ts";

/** The names of the search tools of a request. */
export interface SearchTools {
  readonly find: string;
  readonly describe: string;
  readonly call: string;
}

/** The hits of one query whose definitions are read. */
const MAX_READ_HITS = 8;
const MAX_QUERIES = 4;

/** Returns the search tools of a request. Undefined when it has a tool for each operation. */
export function findSearchTools(tools: readonly ToolDefinition[]): SearchTools | undefined {
  const find = (name: string) =>
    tools.find((tool) => new RegExp(`^(specchat_)*${name}$`).test(tool.name))?.name;
  const [first, second, third] = [
    find("find_operations"),
    find("describe_operation"),
    find("call_operation"),
  ];
  return first && second && third ? { find: first, describe: second, call: third } : undefined;
}

type Call = Omit<ToolCall, "id">;

/** The next step of a search: calls of the search tools, or the definitions from which calls can be planned. */
export type SearchStep =
  | { readonly step: "search"; readonly calls: readonly Call[] }
  | { readonly step: "plan"; readonly definitions: readonly ToolDefinition[] }
  | { readonly step: "answered" };

export function nextSearchStep(names: SearchTools, userText: string, last: Message | undefined): SearchStep {
  if (last?.role !== "results")
    return { step: "search", calls: [{ name: names.find, arguments: { queries: splitQueries(userText) } }] };
  const results = last.results.filter(({ status }) => status === "ok");
  const found = results.filter(({ name }) => name === names.find).flatMap(listHits);
  if (found.length > 0)
    return { step: "search", calls: [{ name: names.describe, arguments: { names: found } }] };
  const isSearch = last.results.every(({ name }) => name === names.find || name === names.describe);
  if (!isSearch) return { step: "answered" };
  return {
    step: "plan",
    definitions: results.filter(({ name }) => name === names.describe).flatMap(readDefinitions),
  };
}

function splitQueries(text: string): string[] {
  const parts = text.split(/;\s*|[?.!]\s+|,? and (?:then |also )?/i).filter((part) => part.trim() !== "");
  return (parts.length > 0 ? parts : [text]).slice(0, MAX_QUERIES);
}

/** Reads the names of signatures: `listOrders(status?) List orders`. */
function listHits({ content }: ToolResult): string[] {
  const sections = content.split("\n\n").map((section) => section.match(/^[\w-]+(?=\()/gm) ?? []);
  const share = Math.max(2, Math.floor(MAX_READ_HITS / sections.length));
  return [...new Set(sections.flatMap((names) => names.slice(0, share)))];
}

/** Reads definitions: a line with the name, the description, and the schema of the arguments. */
function readDefinitions({ content }: ToolResult): ToolDefinition[] {
  const pattern = /^([\w-]+)(?: \(([A-Z]+) (\S+)\))?\n([\s\S]*?)\nArguments: (\{.*\})$/gm;
  return [...content.matchAll(pattern)].flatMap(([, name = "", , , description = "", schema = ""]) => {
    const inputSchema = parseJson(schema);
    return isObject(inputSchema) ? [{ name, description, inputSchema }] : [];
  });
}
