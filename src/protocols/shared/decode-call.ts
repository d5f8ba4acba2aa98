/** Decodes tool calls of a client's history. */
import type { ToolCall } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import { parseClientJson } from "./client-json.ts";

/** Characters of the arguments of all calls of a request. */
const MAX_ARGUMENTS = 2_000_000;

/** A call of OpenAI and AG-UI, with its arguments as JSON text. */
export interface EncodedCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

export type DecodeCall = (call: EncodedCall) => ToolCall;

/**
 * Creates a function that decodes the calls of one request.
 * @throws AppError `bad_request` when their arguments are too long together.
 */
export function createCallDecoder(): DecodeCall {
  let length = 0;
  return (call) => {
    length += call.function.arguments.length;
    if (length > MAX_ARGUMENTS)
      throw new AppError(
        "bad_request",
        `The arguments of all tool calls may have ${MAX_ARGUMENTS} characters.`,
      );
    return decodeCall(call);
  };
}

/** Arguments that are not a JSON object become `malformed`. */
function decodeCall({ id, function: { name, arguments: text } }: EncodedCall): ToolCall {
  try {
    const values = text.trim() === "" ? {} : parseClientJson(text, "bad_request", parseJson);
    if (typeof values === "object" && values !== null && !Array.isArray(values))
      return { id, name, arguments: values as ToolCall["arguments"] };
  } catch {
    // Invalid or too deeply nested JSON is passed on as `malformed`.
  }
  return { id, name, arguments: {}, malformed: text };
}
