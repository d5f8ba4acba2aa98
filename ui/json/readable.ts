import { printExact } from "./exact.ts";
import { indentJson } from "./indent.ts";

export interface Readable {
  /** Status and headers of an API's answer, when the result begins with them. */
  readonly head: string | undefined;
  readonly format: "json" | "text";
  readonly text: string;
}

/** A tool's result or arguments for reading: indented when it is a JSON object or list, else as it came. */
export function toReadable(value: unknown): Readable {
  if (typeof value !== "string") return { head: undefined, format: "json", text: printExact(value) };
  const { head, body } = splitHead(value);
  if (isJson(body)) return { head, format: "json", text: indentJson(body) };
  return { head, format: "text", text: body };
}

/** A result that begins with `HTTP ` has its body after the first empty line. */
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

/** A preview that was cut within a JSON object or list; a line of a log that opens with a bracket is none. */
const TRUNCATED_JSON = /^\s*(?:\{\s*"|\[\s*[[{"])[\s\S]*…$/;
