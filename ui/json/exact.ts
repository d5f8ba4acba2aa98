import { indentJson } from "./indent.ts";

/**
 * Parses JSON and returns integers beyond 2^53 as `bigint`, so that ids are displayed exactly. In browsers whose
 * `JSON.parse` does not provide the source text, such integers are rounded.
 * @throws SyntaxError if the text is not JSON.
 */
export function parseExact(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, reviveInteger) : JSON.parse(text);
}

const LONG_NUMBER = /\d{16}/;

function reviveInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** Returns indented JSON of a value from {@link parseExact}. */
export function printExact(value: unknown): string {
  return indentJson(stringifyExact(value));
}

/** Returns JSON of a value from {@link parseExact}. */
export function stringifyExact(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(stringifyExact).join()}]`;
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${stringifyExact(member)}`)
    .join()}}`;
}

/** Returns JSON on one line of a value from {@link parseExact}. Levels below `depth` are left out. */
export function printCompact(value: unknown, depth: number): string {
  if (typeof value !== "object" || value === null) return stringifyExact(value);
  if (depth === 0) return "…";
  if (Array.isArray(value)) return `[${value.map((member) => printCompact(member, depth - 1)).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}: ${printCompact(member, depth - 1)}`)
    .join(", ")}}`;
}
