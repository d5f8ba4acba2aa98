/** Checks the input items of a request of the Responses API. */
import { firstRefusal } from "../check-constraints.ts";
import { filterRecords, isRecord, type Json, type Refusal } from "../refusal.ts";
import { badRequest, type ResponsesFamily } from "./surfaces.ts";

export function checkInput(
  body: Json,
  family: ResponsesFamily,
  isKnownReasoning: (content: string) => boolean,
): Refusal | undefined {
  if (!Array.isArray(body.input) || body.input.length === 0)
    return badRequest("Missing required parameter: 'input'.");
  const items = filterRecords(body.input);
  return firstRefusal([
    ...items.map((item, index) => () => checkItem(item, `input[${index}]`, family)),
    () => checkPairs(items),
    () => checkReasoning(items, family, isKnownReasoning),
  ]);
}

function checkItem(item: Json, path: string, family: ResponsesFamily): Refusal | undefined {
  switch (item.type ?? "message") {
    case "message":
      return checkMessage(item, path, family);
    case "function_call":
      if (typeof item.arguments !== "string")
        return badRequest(`Invalid type for '${path}.arguments': expected a string.`);
      return checkKeys(item, path, ["type", "call_id", "name", "arguments", "id", "status"]);
    case "function_call_output":
      return firstRefusal([
        () => checkKeys(item, path, ["type", "call_id", "output", "id", "status"]),
        () =>
          typeof item.output === "string"
            ? undefined
            : checkParts(item.output, `${path}.output`, "input_text", family),
      ]);
    case "reasoning":
      return checkKeys(item, path, ["type", "id", "summary", "encrypted_content", "content"]);
    default:
      return badRequest(`Invalid value: '${String(item.type)}'.`);
  }
}

function checkMessage(item: Json, path: string, family: ResponsesFamily): Refusal | undefined {
  const keys = checkKeys(item, path, ["type", "role", "content", "id", "status"]);
  if (keys) return keys;
  if (!["user", "assistant", "developer", "system"].includes(String(item.role)))
    return badRequest(`Invalid value: '${String(item.role)}'.`);
  if (typeof item.content === "string") return undefined;
  return checkParts(
    item.content,
    `${path}.content`,
    item.role === "assistant" ? "output_text" : "input_text",
    family,
  );
}

function checkParts(
  parts: unknown,
  path: string,
  textType: string,
  family: ResponsesFamily,
): Refusal | undefined {
  if (!Array.isArray(parts) || parts.length === 0) return badRequest(`Invalid type for '${path}'.`);
  return firstRefusal(
    filterRecords(parts).map((part, index) => () => {
      const at = `${path}[${index}]`;
      if (![textType, "input_image", "input_file"].includes(String(part.type)))
        return badRequest(`Invalid value: '${String(part.type)}'. Supported values are: '${textType}'.`);
      if (part.prompt_cache_breakpoint !== undefined && family.cache !== "breakpoints")
        return badRequest(`Unknown parameter: '${at}.prompt_cache_breakpoint'.`, "unknown_parameter");
      if (part.type === "input_image" && !family.images)
        return badRequest("This model doesn't support images.");
      if (part.type === textType && typeof part.text !== "string")
        return badRequest(`Missing required parameter: '${at}.text'.`);
      const data = part.type === "input_image" ? part.image_url : part.file_data;
      return part.type === textType || /^data:[\w.+/-]+;base64,[A-Za-z0-9+/]+=*$/.test(String(data))
        ? undefined
        : badRequest(`Invalid '${at}'. Expected a base64-encoded data URL.`);
    }),
  );
}

function checkKeys(item: Json, path: string, known: readonly string[]): Refusal | undefined {
  const unknown = Object.keys(item).find((key) => !known.includes(key));
  return unknown === undefined
    ? undefined
    : badRequest(`Unknown parameter: '${path}.${unknown}'.`, "unknown_parameter");
}

/** Checks that each call has one output, after it, and each output a call. */
function checkPairs(items: readonly Json[]): Refusal | undefined {
  const calls = new Set<unknown>();
  const open = new Set<unknown>();
  for (const { type, call_id: id } of items) {
    if (type === "function_call") {
      if (typeof id !== "string" || id === "" || id.length > 64)
        return badRequest("Invalid 'call_id': string too long or empty.");
      if (calls.has(id)) return badRequest(`Duplicate call_id: ${id}.`);
      calls.add(id);
      open.add(id);
    } else if (type === "function_call_output" && !open.delete(id)) {
      return badRequest(`No tool call found for function call output with call_id ${String(id)}.`);
    }
  }
  const [missing] = open;
  return missing === undefined
    ? undefined
    : badRequest(`No tool output found for function call ${String(missing)}.`);
}

/** Checks that reasoning is what the model wrote, and that its item follows. */
function checkReasoning(
  items: readonly Json[],
  family: ResponsesFamily,
  isKnownReasoning: (content: string) => boolean,
): Refusal | undefined {
  return firstRefusal(
    items.map((item, index) => () => {
      if (item.type !== "reasoning") return undefined;
      if (!family.acceptsReasoning)
        return badRequest("This model doesn't support reasoning items in the input.");
      if (!isKnownReasoning(String(item.encrypted_content)))
        return badRequest(
          `The encrypted content for item ${String(item.id)} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
          "invalid_encrypted_content",
        );
      const next = items[index + 1];
      const isFollowed =
        isRecord(next) &&
        (next.role === "assistant" || next.type === "function_call" || next.type === "reasoning");
      return isFollowed
        ? undefined
        : badRequest(
            `Item '${String(item.id)}' of type 'reasoning' was provided without its required following item.`,
          );
    }),
  );
}
