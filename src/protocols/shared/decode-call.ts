import type { ToolCall } from "../../chat/types.ts";
import { parseJson } from "../../json.ts";

/** A call in the form that OpenAI and AG-UI give it: its arguments as JSON text. */
export interface EncodedCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A call as it stands in a client's history. */
export function decodeCall({ id, function: { name, arguments: text } }: EncodedCall): ToolCall {
  try {
    const values = text.trim() === "" ? {} : parseJson(text);
    if (typeof values === "object" && values !== null && !Array.isArray(values))
      return { id, name, arguments: values as ToolCall["arguments"] };
  } catch {
    // Told as it was written.
  }
  return { id, name, arguments: {}, malformed: text };
}
