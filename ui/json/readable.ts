import { printExact } from "./exact.ts";
import { indentJson } from "./indent.ts";

/** A value prepared for display. */
export interface Readable {
  /** Status line and headers of the API's response, if the result begins with them. */
  readonly head: string | undefined;
  readonly format: "json" | "text";
  readonly text: string;
}

/** Prepares a tool's arguments or result for display. JSON objects and arrays are indented; other text is unchanged. */
export function toReadable(value: unknown): Readable {
  if (typeof value !== "string") return { head: undefined, format: "json", text: printExact(value) };
  const { head, body } = splitHead(value);
  if (isJson(body)) return { head, format: "json", text: indentJson(body) };
  return { head, format: "text", text: body };
}

/** Splits a result that begins with `HTTP ` at its first empty line. */
function splitHead(text: string): { head: string | undefined; body: string } {
  const end = text.startsWith("HTTP ") ? text.indexOf("\n\n") : -1;
  return end < 0 ? { head: undefined, body: text } : { head: text.slice(0, end), body: text.slice(end + 2) };
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return TRUNCATED_JSON.test(text);
  }
}

/** Matches a truncated JSON object or array, but not a log line that begins with a bracket. */
const TRUNCATED_JSON = /^\s*(?:\{\s*"|\[\s*[[{"])[\s\S]*…$/;
