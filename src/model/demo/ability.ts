import type { ToolDefinition } from "../../chat/types.ts";

/** A tool as the rules see it. */
export interface Ability {
  readonly name: string;
  readonly kind: string;
  /** What it is about, singular, the thing itself last: `listCustomerOrders` → customer, order. */
  readonly words: readonly string[];
  readonly noun: string;
  readonly parameters: readonly Parameter[];
}
export type Parameter = { readonly name: string; readonly schema: Fields; readonly required: boolean };
export type Fields = Readonly<Record<string, unknown>>;

const KINDS: readonly (readonly [string, RegExp])[] = [
  ["read", /^(GET|HEAD|list|show|get|find|search|fetch|give|tell|what|which|how)$/],
  ["create", /^(POST|create|add|make|new|register)$/],
  ["update", /^(PUT|PATCH|update|change|set|edit)$/],
  ["delete", /^(DELETE|delete|remove)$/],
];
/** What a verb, or an HTTP method, does. */
export const kindOf = (verb: string) => KINDS.find(([, verbs]) => verbs.test(verb))?.[0];
const FILLER = /^(\d+|an?|the|of|to|in|on|id|all|api|v)$/;

export function abilityOf({ name, description, inputSchema }: ToolDefinition): Ability {
  const [, method = ""] = /\(HTTP ([A-Z]+) /.exec(description) ?? [];
  const kind = [method, ...words(name)].map(kindOf).find((found) => found !== undefined) ?? "read";
  const [subject = ""] = name.split(/(?<=[a-z])(?:By|For)(?=[A-Z])|[_-](?:by|for)[_-]/);
  const about = words(subject).filter((word) => !FILLER.test(word) && kindOf(word) === undefined);
  // Lists come as they are, from their first page: `price` in a question is no wish to sort by it.
  const properties = Object.entries(object(inputSchema.properties)).filter(
    ([key]) => !/^(sort|page|offset|cursor)/i.test(key),
  );
  const parameters = properties.map(([key, declared]) => {
    const definition = String(object(declared).$ref).replace("#/$defs/", "");
    const schema = { ...object(object(inputSchema.$defs)[definition]), ...object(declared) };
    return { name: key, schema, required: [inputSchema.required].flat().includes(key) };
  });
  return { name, kind, words: about, noun: about.at(-1) ?? "record", parameters };
}

/** Words of a text or an identifier, lower case and singular: `listLateOrders` → list, late, order. */
export function words(text: string): string[] {
  const spaced = text.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase();
  return (spaced.match(/[a-z]+|\d+/g) ?? []).map((word) =>
    word.length < 4 ? word : word.replace(/ies$/, "y").replace(/(x|ch|sh|ss|us)es$|([^su])s$/, "$1$2"),
  );
}

export function object(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
