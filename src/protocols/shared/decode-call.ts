/** Decodes tool calls of a client's history. */
import type { ToolCall } from "../../chat/types.ts";
import { parseJson } from "../../json.ts";

/** A call of OpenAI and AG-UI, with its arguments as JSON text. */
export interface EncodedCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

/** Decodes a call. Arguments that are not a JSON object become `malformed`. */
export function decodeCall({ id, function: { name, arguments: text } }: EncodedCall): ToolCall {
  try {
    const values = text.trim() === "" ? {} : parseJson(text);
    if (typeof values === "object" && values !== null && !Array.isArray(values))
      return { id, name, arguments: values as ToolCall["arguments"] };
  } catch {
    // Invalid JSON is passed on as `malformed`.
  }
  return { id, name, arguments: {}, malformed: text };
}
