/** Decodes requests of the Responses API. Pure. */
import { AppError } from "../../errors.ts";
import type { ClientFile, ClientMessage, StatelessRequest } from "../../turns/stateless-request.ts";
import { decodeFileUrl } from "../shared/data-url.ts";
import { createCallDecoder, type DecodeCall } from "../shared/decode-call.ts";
import { addMissingResults } from "../shared/missing-results.ts";
import type { ResponseInputItem, ResponsePart, ResponseRequest } from "./responses-requests.ts";

/** Returns the input as items. */
export function toInputItems({ input }: Pick<ResponseRequest, "input">): readonly ResponseInputItem[] {
  return typeof input === "string" ? [{ type: "message", role: "user", content: input }] : input;
}

/**
 * Decodes a request for a stateless turn.
 * @param items the whole conversation, without references.
 * @throws AppError `bad_request` when the URL of a file cannot be used.
 */
export function decodeResponseRequest(
  request: ResponseRequest,
  items: readonly ResponseInputItem[],
): StatelessRequest {
  const { tools, tool_choice: choice, temperature, text, instructions } = request;
  const decodeCall = createCallDecoder();
  const systemMessages = items.flatMap((item) =>
    item.type === "message" && isSystemRole(item.role) ? [textOf(item.content)] : [],
  );
  return {
    messages: addMissingResults(items.flatMap((item) => decodeItem(item, decodeCall))),
    instructions: [...(instructions ? [instructions] : []), ...systemMessages],
    tools: tools?.map(({ name, description, parameters }) => ({
      name,
      description: description ?? "",
      parameters,
    })),
    withoutTools: choice === "none",
    toolChoice:
      choice === "required"
        ? "any"
        : typeof choice === "object" && choice
          ? { tool: choice.name }
          : undefined,
    output: decodeFormat(text?.format),
    omitsServerCalls: true,
    model: request.model,
    // Models on Bedrock accept temperatures up to 1.
    temperature: typeof temperature === "number" ? Math.min(temperature, 1) : undefined,
    topP: request.top_p ?? undefined,
    maxTokens: request.max_output_tokens ?? undefined,
  };
}

function decodeFormat(format: NonNullable<ResponseRequest["text"]>["format"]): StatelessRequest["output"] {
  if (format?.type === "json_object") return { name: "JSON" };
  if (format?.type !== "json_schema") return undefined;
  const { name, description, schema } = format;
  return { name, description: description ?? undefined, schema };
}

function isSystemRole(role: string): boolean {
  return role === "system" || role === "developer";
}

function decodeItem(item: ResponseInputItem, decodeCall: DecodeCall): readonly ClientMessage[] {
  switch (item.type) {
    case "message": {
      const { role, content } = item;
      if (isSystemRole(role)) return [];
      if (role === "assistant") return [{ role, text: textOf(content), calls: [] }];
      return [{ role: "user", text: textOf(content), files: filesOf(content) }];
    }
    case "function_call": {
      const { call_id: id, name, arguments: text } = item;
      return [
        { role: "assistant", text: "", calls: [decodeCall({ id, function: { name, arguments: text } })] },
      ];
    }
    case "function_call_output":
      return [
        {
          role: "result",
          callId: item.call_id,
          content: textOf(item.output),
          status: "ok",
          files: filesOf(item.output),
        },
      ];
    default:
      return [];
  }
}

function textOf(content: string | readonly ResponsePart[]): string {
  if (typeof content === "string") return content;
  return content
    .flatMap((part) => ("text" in part ? [part.text] : part.type === "refusal" ? [part.refusal] : []))
    .join("\n");
}

function filesOf(content: string | readonly ResponsePart[]): readonly ClientFile[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => {
    if (part.type === "input_image") return [decodeFileUrl(part.image_url, "image")];
    if (part.type !== "input_file") return [];
    const url = part.file_data ?? part.file_url;
    if (!url) throw new AppError("bad_request", "input_file: file_data or file_url is needed.");
    return [decodeFileUrl(url, "file", part.filename ?? undefined)];
  });
}
