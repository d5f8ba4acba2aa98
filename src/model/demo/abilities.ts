import type { JsonSchema, ToolDefinition } from "../../chat/types.ts";
import { FILLER, IDENTIFIERS, type Intent, words } from "./words.ts";

/** A tool as the rules see it: what it does, to which thing, with which arguments. */
export interface Ability {
  readonly name: string;
  readonly intent: Intent;
  /** A read of one record by its identifier. */
  readonly single: boolean;
  /** The thing, singular; empty when neither path nor name tells. */
  readonly noun: string;
  /** Words of its name and path. */
  readonly words: ReadonlySet<string>;
  readonly arguments: readonly Argument[];
}

export interface Argument {
  readonly name: string;
  readonly words: readonly string[];
  readonly description: string;
  readonly type: string;
  readonly choices: readonly string[];
  readonly required: boolean;
  /** The thing it identifies: `customerId` → customer. */
  readonly owner?: string | undefined;
}

const METHODS: Readonly<Record<string, Intent>> = { PUT: "update", PATCH: "update", DELETE: "delete" };

export function abilityOf({ name, description, inputSchema }: ToolDefinition): Ability {
  const [, method = "", path = ""] = /\(HTTP ([A-Z]+) (\S+?)\)/.exec(description) ?? [];
  const segments = path.split("/").filter((segment) => segment !== "" && !segment.startsWith("{"));
  const nouns = (text: string) => words(text).filter((word) => !FILLER.has(word) && !/\d/.test(word));
  const last = segments.at(-1) ?? name;
  const under = /\}\/[^{}/]+\/?$/.test(path);
  const collection = !under || /s$/i.test(last);
  const noun = nouns(collection ? last : (segments.at(-2) ?? name)).at(-1) ?? nouns(name).at(-1) ?? "";
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  const intent = METHODS[method] ?? (method === "POST" ? (collection ? "create" : "act") : "read");
  return {
    name,
    intent,
    single: intent === "read" && (path.endsWith("}") || words(last).includes("by")),
    noun,
    words: new Set([...words(name), ...segments.flatMap(words)]),
    arguments: Object.entries(object(inputSchema.properties)).map(([key, value]) =>
      argumentOf(key, resolve(value, inputSchema), required.includes(key), path, noun),
    ),
  };
}

function argumentOf(
  name: string,
  schema: JsonSchema,
  required: boolean,
  path: string,
  noun: string,
): Argument {
  const own = words(name);
  const choices = [schema.enum, object(schema.items).enum].find(Array.isArray) ?? [];
  const type = [schema.type].flat().find((one) => one !== "null");
  const before = words(path.split(`{${name}}`)[0] ?? "").at(-1);
  const identifies = path.includes(`{${name}}`) || IDENTIFIERS.has(own.at(-1) ?? "");
  const named = own.filter((word) => !IDENTIFIERS.has(word)).at(-1);
  return {
    name,
    words: own,
    description: String(schema.description ?? "").trim(),
    type: String(type ?? "string"),
    choices: choices.map(String),
    required,
    owner: identifies ? (path.includes(`{${name}}`) ? before : (named ?? noun)) : undefined,
  };
}

/** Follows a `$ref` within the tool's own schema. */
function resolve(schema: unknown, root: JsonSchema): JsonSchema {
  const { $ref: target, anyOf, ...rest } = object(schema);
  if (typeof target === "string") {
    const found = target
      .replace("#/", "")
      .split("/")
      .reduce<unknown>((at, key) => object(at)[key], root);
    return { ...object(found), ...rest };
  }
  const branch = Array.isArray(anyOf) ? anyOf.find((one) => object(one).type !== "null") : undefined;
  return { ...object(branch), ...rest };
}

export function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
