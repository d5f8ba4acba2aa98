import type { ToolDefinition } from "../../chat/types.ts";
import { FILLER, IDENTIFIER, type Intent, words } from "./words.ts";

/** A tool as the rules see it: what it does, to which thing (singular), with which arguments. */
export interface Ability {
  readonly name: string;
  readonly intent: Intent;
  /** Reads one record by its identifier. */
  readonly single: boolean;
  readonly noun: string;
  /** Of its name and path. */
  readonly words: ReadonlySet<string>;
  readonly arguments: readonly Argument[];
}
export interface Argument {
  readonly name: string;
  readonly words: readonly string[];
  readonly description: string;
  readonly type: unknown;
  readonly choices: readonly string[];
  readonly required: boolean;
  /** The thing it identifies: `customerId` → customer. */
  readonly owner?: string | undefined;
}

export function abilityOf({ name, description, inputSchema }: ToolDefinition): Ability {
  const [, method, path = ""] = /\(HTTP ([A-Z]+) (\S+?)\)/.exec(description) ?? [];
  const segments = path.split("/").filter((segment) => /^[^{]/.test(segment));
  const last = segments.at(-1) ?? name;
  // A verb below a record (`/orders/{id}/ship`) acts on it; a plural there (`/orders/{id}/refunds`) is a thing of its own.
  const acts = method === "POST" && /\}\/[^{}/]*[^s/{}]$/i.test(path);
  const nouns = words(acts ? (segments.at(-2) ?? name) : last).filter((word) => !FILLER.test(word));
  const noun = nouns.at(-1) ?? "";
  const intents: Record<string, Intent> = {
    POST: acts ? "act" : "create",
    PUT: "update",
    PATCH: "update",
    DELETE: "delete",
  };
  const intent = intents[method ?? ""] ?? "read";
  const single = intent === "read" && (path.endsWith("}") || words(last).includes("by"));
  const definitions = object(inputSchema.$defs);
  const required = [inputSchema.required].flat();
  const argumentList = Object.entries(object(inputSchema.properties)).map(([key, declared]): Argument => {
    const { $ref, ...own } = object(declared);
    const schema = { ...object(definitions[String($ref).split("/").at(-1) ?? ""]), ...own };
    const parts = words(key);
    const inPath = path.includes(`{${key}}`);
    const named = parts.filter((word) => !IDENTIFIER.test(word)).at(-1) ?? noun;
    const owner = inPath
      ? words(path.split(`{${key}}`)[0] ?? "").at(-1)
      : IDENTIFIER.test(parts.at(-1) ?? "")
        ? named
        : undefined;
    const choices = [schema.enum ?? object(schema.items).enum ?? []].flat().map(String);
    const type = [schema.type].flat().find((one) => one !== "null") ?? "string";
    return {
      name: key,
      words: parts,
      description: String(schema.description ?? ""),
      type,
      choices,
      required: required.includes(key),
      owner,
    };
  });
  return {
    name,
    intent,
    single,
    noun,
    words: new Set([name, ...segments].flatMap(words)),
    arguments: argumentList,
  };
}

export function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
