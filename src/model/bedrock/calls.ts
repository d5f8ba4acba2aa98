/** Normalizes the tool calls that models write. */
import type { ToolCall } from "../../chat/types.ts";
import { parseJson } from "../../json.ts";

/** Parses the calls of one reply into a form that can be stored and sent back: legal names, legal and unique ids. */
export class ToolCallParser {
  readonly #ids = new Set<string>();

  /**
   * Parses one call. An empty input means no arguments, unless the reply was truncated: then the call is malformed
   * and must not run without them.
   * @param input the JSON text that the model wrote.
   */
  parse(id: string, name: string, input: string, isTruncated = false): ToolCall {
    const base = { id: this.#uniqueId(id), name: sanitizeToolName(name) };
    if (input.trim() === "") return { ...base, arguments: {}, ...(isTruncated && { malformed: input }) };
    try {
      const value = parseJson(input);
      if (isRecord(value)) return { ...base, arguments: value };
    } catch {
      // Malformed, like any other input that is not an object.
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

/**
 * Returns a legal tool name. Models also write `functions.search` or `search<|channel|>json`, which Bedrock rejects.
 */
export function sanitizeToolName(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "unnamed_tool";
}

/** Returns a legal call id, which may be empty. */
export function sanitizeCallId(id: string): string {
  return id.replaceAll(/[^a-zA-Z0-9_.:-]/g, "_").slice(0, 64);
}

/** Appends `_count`, within Bedrock's limit of 64 characters. */
export function withSuffix(id: string, count: number): string {
  const suffix = `_${count}`;
  return id.slice(0, 64 - suffix.length) + suffix;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
