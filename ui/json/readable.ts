import { parseExact, printExact } from "./exact.ts";

export interface Readable {
  readonly format: "json" | "text";
  readonly text: string;
}

/** A tool's result or arguments for reading: indented when it is a JSON object or list, else as it came. */
export function readable(value: unknown): Readable {
  if (typeof value !== "string") return { format: "json", text: printExact(value) };
  const start = value.trimStart()[0];
  if (start !== "{" && start !== "[") return { format: "text", text: value };
  try {
    return { format: "json", text: printExact(parseExact(value)) };
  } catch {
    return { format: "text", text: value };
  }
}
