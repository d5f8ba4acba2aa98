/** The tool that searches knowledge bases of Amazon Bedrock. It reads only. */
import { stringifyJson } from "../../json.ts";
import { fingerprintDefinition } from "../catalog/fingerprint.ts";
import { estimateTokens } from "../catalog/tool.ts";
import type { CustomTool, ToolOutput } from "../types.ts";
import type { LoadedTools } from "./load.ts";

/** A passage of a document, the most relevant first. */
export interface Passage {
  readonly text: string;
  /** The address or path of the document; undefined when the service names none. */
  readonly source: string | undefined;
  readonly score: number | undefined;
}

/** Searches one knowledge base. Rejects with a message for the model. */
export type SearchKnowledgeBase = (
  id: string,
  query: string,
  signal: AbortSignal,
) => Promise<readonly Passage[]>;

/** The number of passages of a result. */
const MAX_PASSAGES = 10;

const NAME = "search_knowledge_base";
const DESCRIPTION =
  "Search the documents of the organization. Returns passages with their sources. Name the source of what you use.";
const INPUT_SCHEMA = {
  type: "object",
  properties: { query: { type: "string", minLength: 1, description: "What to look for, in full sentences" } },
  required: ["query"],
} as const;

/** Returns one tool that searches all knowledge bases. */
export function createKnowledgeBaseTools(ids: readonly string[], search: SearchKnowledgeBase): LoadedTools {
  if (ids.length === 0) return { tools: [], problems: [] };
  const tool: CustomTool = {
    name: NAME,
    description: DESCRIPTION,
    inputSchema: INPUT_SCHEMA,
    source: `knowledge base ${ids.join(", ")}`,
    tokens: estimateTokens(NAME, DESCRIPTION, INPUT_SCHEMA),
    readOnly: true,
    confirm: undefined,
    fingerprint: fingerprintDefinition([DESCRIPTION, INPUT_SCHEMA, ids]),
    run: (values, { signal }) => searchAll(ids, values.query, search, signal),
  };
  return { tools: [tool], problems: [] };
}

async function searchAll(
  ids: readonly string[],
  query: unknown,
  search: SearchKnowledgeBase,
  signal: AbortSignal,
): Promise<ToolOutput> {
  if (typeof query !== "string" || query.trim() === "")
    return { status: "failed", content: "query must be a text that says what to look for." };
  const found = (await Promise.all(ids.map((id) => search(id, query, signal)))).flat();
  const passages = found
    .toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))
    .slice(0, MAX_PASSAGES)
    .map(({ source, score, text }) => ({
      ...(source !== undefined && { source }),
      ...(score !== undefined && { score: Math.round(score * 1000) / 1000 }),
      text,
    }));
  return { status: "ok", content: stringifyJson({ passages }) };
}
