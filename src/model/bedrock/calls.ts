import type { ToolCall } from "../../chat/types.ts";
import { parseJson } from "../../json.ts";

/** Gives the calls of one answer the form that may be stored: legal names, ids that are legal and unique. */
export class ToolCallParser {
  readonly #ids = new Set<string>();

  /**
   * `input` is the JSON text that the model wrote; none at all means no arguments, unless the model was cut off: then they
   * never came, and the call must not be made without them.
   */
  parse(id: string, name: string, input: string, isTruncated = false): ToolCall {
    const base = { id: this.#uniqueId(id), name: sanitizeToolName(name) };
    if (input.trim() === "") return { ...base, arguments: {}, ...(isTruncated && { malformed: input }) };
    try {
      const value = parseJson(input);
      if (isRecord(value)) return { ...base, arguments: value };
    } catch {
      // Answered below, like any other input that is no object.
    }
    return { ...base, arguments: {}, malformed: input };
  }

  #uniqueId(id: string): string {
    const legal = sanitizeCallId(id) || "call";
    let unique = legal;
    for (let count = 2; this.#ids.has(unique); count += 1) unique = withSuffix(legal, count);
    this.#ids.add(unique);
    return unique;
  }
}

/** Models write names that Bedrock refuses to read back: `functions.search`, `search<|channel|>json`. */
export function sanitizeToolName(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "unnamed_tool";
}

/** May be empty. */
export function sanitizeCallId(id: string): string {
  return id.replaceAll(/[^a-zA-Z0-9_.:-]/g, "_").slice(0, 64);
}

export function withSuffix(id: string, count: number): string {
  const suffix = `_${count}`;
  return id.slice(0, 64 - suffix.length) + suffix;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
