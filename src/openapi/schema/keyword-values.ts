/** Normalises the values of keywords that contain no schema. Each function returns undefined for an invalid value. */
import { isObject } from "../document/value.ts";
import { type KeywordKind, SCHEMA_TYPES, TYPE_ALIASES } from "./schema-keywords.ts";

/** Returns `value` itself when it needs no change. */
export function normalizeKeywordValue(kind: KeywordKind, value: unknown): unknown {
  switch (kind) {
    case "text":
      return typeof value === "string" ? value : undefined;
    case "number":
      return parseNumber(value);
    case "positive":
      return (parseNumber(value) ?? 0) > 0 ? parseNumber(value) : undefined;
    case "count":
      return parseCount(value);
    case "toggle":
      return value === true ? true : undefined;
    case "names":
      return parseNames(value);
    case "values":
      return Array.isArray(value) && value.length > 0 ? value : undefined;
    case "examples":
      return parseExamples(value);
    case "nameLists":
      return parseNameLists(value);
    case "type":
      return parseTypes(value);
    default:
      return value;
  }
}

/** Accepts numeric strings, because numbers are often quoted in YAML. */
function parseNumber(value: unknown): number | bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value.trim())) return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function parseCount(value: unknown): number | undefined {
  const count = Number(parseNumber(value) ?? -1);
  return Number.isInteger(count) && count >= 0 ? count : undefined;
}

function parseNames(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const unique = new Set(value.filter((name) => typeof name === "string"));
  if (unique.size === 0) return undefined;
  return unique.size === value.length ? value : [...unique];
}

function parseNameLists(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, list]) => [key, parseNames(list) ?? []]));
}

/** Accepts a list, which schemas have, and a map of Example Objects, which parameters have. */
function parseExamples(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value.length > 0 ? value : undefined;
  if (!isObject(value)) return undefined;
  const values = Object.values(value)
    .filter(isObject)
    .filter((example) => "value" in example)
    .map((example) => example.value);
  return values.length > 0 ? values : undefined;
}

function parseTypes(value: unknown): unknown {
  if (typeof value === "string") return parseType(value);
  if (!Array.isArray(value)) return undefined;
  const parsed = value.map(parseType);
  // An unknown type may be anything, so the list does not constrain the value.
  if (parsed.length === 0 || parsed.includes(undefined)) return undefined;
  const unique = [...new Set(parsed)];
  if (unique.length === 1) return unique[0];
  return unique.length === value.length && unique.every((name, index) => name === value[index])
    ? value
    : unique;
}

function parseType(value: unknown): string | undefined {
  if (value === null) return "null";
  if (typeof value !== "string") return undefined;
  if (SCHEMA_TYPES.has(value)) return value;
  const lower = value.toLowerCase();
  return SCHEMA_TYPES.has(lower) ? lower : TYPE_ALIASES.get(lower);
}
