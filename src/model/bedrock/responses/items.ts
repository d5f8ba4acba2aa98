/** Converts the turns of Converse, which every damaged history has become, to the items of the Responses API. */
import { stringifyJson } from "../../../json.ts";
import type { ContentBlock, ConverseMessage } from "../types.ts";
import { toDataUrl } from "./data-url.ts";
import { readEncryptedReasoning } from "./encrypted-reasoning.ts";
import type { InputItem, InputPart } from "./types.ts";

/** @param allowsOutputParts true to write a tool result as a list of parts, of which the last can have a breakpoint. */
export function toInputItems(
  messages: readonly ConverseMessage[],
  allowsOutputParts: boolean,
): readonly InputItem[] {
  return messages.flatMap(({ role, content }) =>
    role === "assistant" ? assistantItems(content) : userItems(content, allowsOutputParts),
  );
}

function assistantItems(content: readonly ContentBlock[]): readonly InputItem[] {
  return content.flatMap((block, index): readonly InputItem[] => {
    if ("text" in block) return [{ role: "assistant", content: block.text }];
    if ("toolUse" in block) {
      const { toolUseId, name, input } = block.toolUse;
      return [{ type: "function_call", call_id: toolUseId, name, arguments: stringifyJson(input) }];
    }
    // Reasoning belongs to the item that follows it, and is refused without one.
    if (!("reasoningContent" in block) || index === content.length - 1) return [];
    const encrypted = readEncryptedReasoning(block.reasoningContent);
    return encrypted ? [{ type: "reasoning", summary: [], ...encrypted }] : [];
  });
}

/** Returns one item per result, and one for what else the user turn holds. */
function userItems(content: readonly ContentBlock[], allowsOutputParts: boolean): readonly InputItem[] {
  const outputs = content.flatMap((block): readonly InputItem[] => {
    if (!("toolResult" in block)) return [];
    const { toolUseId, content: parts } = block.toolResult;
    const text = parts.map((part) => part.text).join("\n");
    const output = allowsOutputParts ? [{ type: "input_text" as const, text }] : text;
    return [{ type: "function_call_output", call_id: toolUseId, output }];
  });
  const parts = content.flatMap(toInputPart);
  return parts.length === 0 ? outputs : [...outputs, { role: "user", content: parts }];
}

function toInputPart(block: ContentBlock): readonly InputPart[] {
  if ("text" in block) return [{ type: "input_text", text: block.text }];
  if ("image" in block) {
    const { format, source } = block.image;
    return [{ type: "input_image", image_url: toDataUrl(`image/${format}`, source.bytes) }];
  }
  if ("document" in block) {
    const { format, name, source } = block.document;
    const mediaType = DOCUMENT_MEDIA_TYPES[format] ?? "text/plain";
    return [
      {
        type: "input_file",
        filename: `${name}.${format}`,
        file_data: toDataUrl(mediaType, source.bytes),
      },
    ];
  }
  return [];
}

const DOCUMENT_MEDIA_TYPES: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  csv: "text/csv",
  html: "text/html",
  md: "text/markdown",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};
