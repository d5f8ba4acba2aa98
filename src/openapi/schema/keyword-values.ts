/** The values of keywords that hold no schema: each function returns what may stay, undefined when nothing may. */

import { isObject } from "../document/value.ts";
import { type KeywordKind, SCHEMA_TYPES, TYPE_ALIASES } from "./schema-keywords.ts";

/** Returns `value` itself when it is right as it stands. */
export function keywordValue(kind: KeywordKind, value: unknown): unknown {
  switch (kind) {
    case "text":
      return typeof value === "string" ? value : undefined;
    case "number":
      return finite(value);
    case "positive":
      return (finite(value) ?? 0) > 0 ? finite(value) : undefined;
    case "count":
      return Number.isInteger(finite(value)) && (finite(value) ?? -1) >= 0 ? finite(value) : undefined;
    case "toggle":
      return value === true ? true : undefined;
    case "names":
      return names(value);
    case "values":
      return Array.isArray(value) && value.length > 0 ? value : undefined;
    case "examples":
      return examples(value);
    case "nameLists":
      return nameLists(value);
    case "type":
      return types(value);
    default:
      return value;
  }
}

/** Numbers are often quoted in YAML. */
function finite(value: unknown): number | undefined {
  if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value.trim())) return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function names(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const unique = new Set(value.filter((name) => typeof name === "string"));
  if (unique.size === 0) return undefined;
  return unique.size === value.length ? value : [...unique];
}

function nameLists(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, list]) => [key, names(list) ?? []]));
}

/** A map of Example Objects is what parameters have; schemas have a list. */
function examples(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value.length > 0 ? value : undefined;
  if (!isObject(value)) return undefined;
  const values = Object.values(value)
    .filter(isObject)
    .filter((example) => "value" in example)
    .map((example) => example.value);
  return values.length > 0 ? values : undefined;
}

function types(value: unknown): unknown {
  if (typeof value === "string") return type(value);
  if (!Array.isArray(value)) return undefined;
  const known = value.map(type);
  // One type that is not known may be anything.
  if (known.length === 0 || known.includes(undefined)) return undefined;
  const unique = [...new Set(known)];
  if (unique.length === 1) return unique[0];
  return unique.length === value.length && unique.every((name, index) => name === value[index])
    ? value
    : unique;
}

function type(value: unknown): string | undefined {
  if (value === null) return "null";
  if (typeof value !== "string") return undefined;
  if (SCHEMA_TYPES.has(value)) return value;
  const lower = value.toLowerCase();
  return SCHEMA_TYPES.has(lower) ? lower : TYPE_ALIASES.get(lower);
}
