/** Writes a tool as one line that a model can call it from: `pulls_merge(owner, repo, pull_number:int, sha?)`. */
import type { JsonSchema } from "../../chat/types.ts";
import type { AnyTool } from "../types.ts";

const MAX_OPTIONAL = 6;
/** Characters of optional arguments, so that ten signatures stay short. */
const MAX_OPTIONAL_LENGTH = 150;
const MAX_ENUM = 5;
const MAX_SUMMARY = 80;

export function writeSignature(tool: AnyTool): string {
  const { name, inputSchema } = tool;
  const required = new Set(Array.isArray(inputSchema.required) ? inputSchema.required : []);
  const properties = Object.entries(Object(inputSchema.properties) as Record<string, unknown>);
  const writeArgument = ([key, schema]: [string, unknown]) => {
    const type = writeType(schema, inputSchema);
    return `${key}${required.has(key) ? "" : "?"}${type === "" ? "" : `:${type}`}`;
  };
  const needed = properties.filter(([key]) => required.has(key));
  const optional = properties.filter(([key]) => !required.has(key));
  const shown = takeShort(optional.slice(0, MAX_OPTIONAL).map(writeArgument));
  const hidden = optional.length > shown.length ? [`+${optional.length - shown.length}`] : [];
  return `${name}(${[...needed.map(writeArgument), ...shown, ...hidden].join(", ")}) ${summarize(tool)}`.trimEnd();
}

/** Returns the first texts, as many as fit. */
function takeShort(texts: readonly string[]): readonly string[] {
  let room = MAX_OPTIONAL_LENGTH;
  const end = texts.findIndex((text) => {
    room -= text.length + 2;
    return room < 0;
  });
  return end === -1 ? texts : texts.slice(0, end);
}

/** Returns the short name of a type. Empty for a text, which most arguments are. */
function writeType(schema: unknown, root: JsonSchema): string {
  const resolved = resolve(schema, root);
  const values: unknown = resolved.enum;
  if (Array.isArray(values) && values.length > 0 && values.every((value) => typeof value !== "object"))
    return values.length <= MAX_ENUM ? values.join("|") : `${values.slice(0, MAX_ENUM - 1).join("|")}|…`;
  const types = [resolved.type].flat().filter((type) => type !== "null");
  if (types.length !== 1) return resolved.type === undefined && !resolved.properties ? "any" : "";
  if (types[0] === "array") return `${writeType(resolved.items, root) || "text"}[]`;
  if (types[0] === "object") return writeObject(resolved);
  return TYPES[String(types[0])] ?? "";
}

/** Names the properties of an object: `{title, body?}`. */
function writeObject({ properties, required }: JsonSchema): string {
  const names = Object.keys(Object(properties));
  const needed = new Set(Array.isArray(required) ? required : []);
  const shown = names.slice(0, MAX_OPTIONAL).map((name) => (needed.has(name) ? name : `${name}?`));
  return `{${[...shown, ...(names.length > MAX_OPTIONAL ? ["…"] : [])].join(", ")}}`;
}

const TYPES: Readonly<Record<string, string>> = {
  integer: "int",
  number: "num",
  boolean: "bool",
};

function resolve(schema: unknown, root: JsonSchema): JsonSchema {
  const object = Object(schema) as JsonSchema;
  const name = typeof object.$ref === "string" ? /^#\/\$defs\/(.+)$/.exec(object.$ref)?.[1] : undefined;
  return name === undefined ? object : (Object((root.$defs as JsonSchema | undefined)?.[name]) as JsonSchema);
}

function summarize(tool: AnyTool): string {
  const text =
    "operation" in tool
      ? (tool.curation.description ?? tool.operation.summary ?? tool.operation.description ?? "")
      : tool.description;
  const sentence = /^[^\n]*?(?:[.](?=\s)|$)/.exec(text.trim())?.[0] ?? "";
  return sentence.length > MAX_SUMMARY
    ? `${sentence.slice(0, MAX_SUMMARY - 1)}…`
    : sentence.replace(/\.$/, "");
}
