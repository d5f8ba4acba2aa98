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
  readonly owner: string | undefined;
}
const INTENTS: Record<string, Intent> = { POST: "create", PUT: "update", PATCH: "update", DELETE: "delete" };

export function abilityOf({ name, description, inputSchema }: ToolDefinition): Ability {
  const [, method = "", path = ""] = /\(HTTP ([A-Z]+) (\S+?)\)/.exec(description) ?? [];
  const segments = path.split("/").filter((segment) => /^[^{]/.test(segment));
  const last = segments.at(-1) ?? name;
  // A verb below a record (`/orders/{id}/ship`) acts on it; a plural there (`/orders/{id}/refunds`) is a thing of its own.
  const acts = method === "POST" && /\}\/[^{}/]*[^s/{}]$/i.test(path);
  const intent = acts ? "act" : (INTENTS[method] ?? "read");
  const noun =
    words(acts ? (segments.at(-2) ?? name) : last)
      .filter((word) => !FILLER.test(word))
      .at(-1) ?? "";
  const single = intent === "read" && (path.endsWith("}") || words(last).includes("by"));
  const required = [inputSchema.required].flat();
  const all = Object.entries(object(inputSchema.properties)).map(([key, declared]): Argument => {
    const definition = String(object(declared).$ref).split("/").at(-1) ?? "";
    const schema = { ...object(object(inputSchema.$defs)[definition]), ...object(declared) };
    const own = words(key);
    const [before, inPath] = path.split(`{${key}}`);
    const owner =
      inPath !== undefined
        ? words(before ?? "").at(-1)
        : IDENTIFIER.test(own.at(-1) ?? "")
          ? thing(own, noun)
          : undefined;
    const choices = [schema.enum ?? object(schema.items).enum ?? []].flat().map(String);
    const type = [schema.type].flat().find((one) => one !== "null") ?? "string";
    return {
      name: key,
      words: own,
      description: String(schema.description ?? ""),
      type,
      choices,
      required: required.includes(key),
      owner,
    };
  });
  return { name, intent, single, noun, words: new Set([name, ...segments].flatMap(words)), arguments: all };
}

/** What a name such as `customer_id` identifies; `fallback` for a bare `id`. */
export function thing(own: readonly string[], fallback: string): string {
  return own.filter((word) => !IDENTIFIER.test(word)).at(-1) ?? fallback;
}

export function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
