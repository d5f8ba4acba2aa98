import { indentJson } from "./indent.ts";

/**
 * JSON that keeps whole numbers beyond 2^53 exact, where the browser tells a number's source text: an id shown to the
 * reader must be the id the API sent. Elsewhere they are rounded, as `JSON.parse` does.
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

/** Indented JSON of a value that {@link parseExact} read. */
export function printExact(value: unknown): string {
  return indentJson(stringify(value));
}

function stringify(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(stringify).join()}]`;
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${stringify(member)}`)
    .join()}}`;
}
