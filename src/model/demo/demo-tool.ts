/** Reads what the demo model needs to know about a tool: its verb, its topic and its parameters. */
import type { ToolDefinition } from "../../chat/types.ts";

/** A tool as seen by the rules. */
export interface DemoTool {
  readonly name: string;
  readonly kind: string;
  /** The topic words, singular, the noun last: `listCustomerOrders` → customer, order. */
  readonly words: readonly string[];
  readonly noun: string;
  readonly parameters: readonly DemoParameter[];
}
export type DemoParameter = {
  readonly name: string;
  readonly schema: JsonFields;
  readonly required: boolean;
};
export type JsonFields = Readonly<Record<string, unknown>>;

const VERB_KINDS: readonly (readonly [string, RegExp])[] = [
  ["read", /^(GET|HEAD|list|show|get|find|search|fetch|give|tell|what|which|how)$/],
  ["create", /^(POST|create|add|make|new|register)$/],
  ["update", /^(PUT|PATCH|update|change|set|edit)$/],
  ["delete", /^(DELETE|delete|remove)$/],
];
/** Returns the kind of a verb or an HTTP method; undefined when it is neither. */
export const verbKind = (verb: string) => VERB_KINDS.find(([, verbs]) => verbs.test(verb))?.[0];
const FILLER_WORDS = /^(\d+|an?|the|of|to|in|on|id|all|api|v)$/;

export function toDemoTool({ name, description, inputSchema }: ToolDefinition): DemoTool {
  const [, method = ""] = /\(HTTP ([A-Z]+) /.exec(description) ?? [];
  const kind = [method, ...extractWords(name)].map(verbKind).find((found) => found !== undefined) ?? "read";
  const [subject = ""] = name.split(/(?<=[a-z])(?:By|For)(?=[A-Z])|[_-](?:by|for)[_-]/);
  const topicWords = extractWords(subject).filter(
    (word) => !FILLER_WORDS.test(word) && verbKind(word) === undefined,
  );
  // Sorting and paging are not planned: `price` in a message is not a request to sort by it.
  const properties = Object.entries(toObject(inputSchema.properties)).filter(
    ([key]) => !/^(sort|page|offset|cursor)/i.test(key),
  );
  const parameters = properties.map(([key, declared]) => {
    const definition = String(toObject(declared).$ref).replace("#/$defs/", "");
    const schema = { ...toObject(toObject(inputSchema.$defs)[definition]), ...toObject(declared) };
    return { name: key, schema, required: [inputSchema.required].flat().includes(key) };
  });
  return { name, kind, words: topicWords, noun: topicWords.at(-1) ?? "record", parameters };
}

/** Returns the words of a text or an identifier, lower-case and singular: `listLateOrders` → list, late, order. */
export function extractWords(text: string): string[] {
  const spaced = text.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase();
  return (spaced.match(/[a-z]+|\d+/g) ?? []).map((word) =>
    word.length < 4 ? word : word.replace(/ies$/, "y").replace(/(x|ch|sh|ss|us)es$|([^su])s$/, "$1$2"),
  );
}

export function toObject(value: unknown): JsonFields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
