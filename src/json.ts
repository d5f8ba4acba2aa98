/**
 * JSON with exact integers. `JSON.parse` rounds integers beyond 2^53, so an int64 id of an API or a model would name another
 * record.
 */

/** Parses JSON. Integers beyond 2^53 become a `bigint`. @throws SyntaxError */
export function parseJson(text: string): unknown {
  if (!LONG_INTEGER.test(text)) return JSON.parse(text);
  return JSON.parse(text, reviveInteger);
}

/** Serialises a value, with each `bigint` as an integer. `indent` is the one of `JSON.stringify`. */
export function stringifyJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    // A bigint, which is rare. The replacer makes every other value slower.
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, replaceBigInt, indent);
  }
}

// Only integers of 16 or more digits can be rounded. All other texts take the fast path, long digits in strings too.
const LONG_INTEGER = /(?:^|[\s:[,-])\d{16,}\s*(?:$|[,\]}])/;

function reviveInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && EXACT_INTEGER.test(source) ? BigInt(source) : value;
}

// Reading an integer of many more digits takes seconds. It stays a number, without its last digits.
const EXACT_INTEGER = /^-?\d{1,1000}$/;

function replaceBigInt(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? rawJson(value.toString()) : value;
}

const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
