/**
 * JSON that keeps whole numbers beyond 2^53 exact, where the browser tells a number's source text: an id shown to the
 * reader must be the id the API sent. Elsewhere they are rounded, as `JSON.parse` does.
 */
export function parseExact(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, exact) : JSON.parse(text);
}

const LONG_NUMBER = /\d{16}/;

function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** Indented JSON of a value that {@link parseExact} read. */
export function printExact(value: unknown): string {
  return print(value, "");
}

function print(value: unknown, indent: string): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => inner + print(item, inner)).join(",\n")}\n${indent}]`;
  }
  const members = Object.entries(value);
  if (members.length === 0) return "{}";
  const lines = members.map(([name, member]) => `${inner}${JSON.stringify(name)}: ${print(member, inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}
