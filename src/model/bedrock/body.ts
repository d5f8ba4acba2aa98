/**
 * A request's JSON. Tools are most of it and the same from turn to turn: each is written once. Files are longer still: their
 * bytes go into the body as they are in base64, past the writer of JSON.
 */
import { stringifyJson } from "../../json.ts";
import { Base64 } from "./base64.ts";
import type { ContentBlock, ConverseBody, ConverseMessage, ToolBlock } from "./types.ts";

/** UTF-8. */
export function bodyBytes({ messages, toolConfig, ...rest }: ConverseBody): Uint8Array {
  const tools = toolConfig ? `,"toolConfig":{"tools":[${toolConfig.tools.map(toolText).join(",")}]}` : "";
  const end = `${tools},${stringifyJson(rest).slice(1)}`;
  if (!messages.some(holdsFiles)) return Buffer.from(`{"messages":${stringifyJson(messages)}${end}`);
  const parts = messages.flatMap((message, index) => [index === 0 ? "" : ",", ...messageParts(message)]);
  return joined(['{"messages":[', ...parts, "]", end]);
}

const texts = new WeakMap<ToolBlock, string>();

function toolText(tool: ToolBlock): string {
  return texts.getOrInsertComputed(tool, stringifyJson);
}

type Part = string | Uint8Array;

function holdsFiles({ content }: ConverseMessage): boolean {
  return content.some((block) => fileOf(block) !== undefined);
}

function fileOf(block: ContentBlock) {
  if ("image" in block) return block.image;
  return "document" in block ? block.document : undefined;
}

function messageParts(message: ConverseMessage): readonly Part[] {
  if (!holdsFiles(message)) return [stringifyJson(message)];
  const blocks = message.content.flatMap((block, index) => [index === 0 ? "" : ",", ...blockParts(block)]);
  return [`{"role":${stringifyJson(message.role)},"content":[`, ...blocks, "]}"];
}

const base64 = new Base64(50_000_000);

function blockParts(block: ContentBlock): readonly Part[] {
  const file = fileOf(block);
  if (!file) return [stringifyJson(block)];
  const { source, ...rest } = file;
  const kind = "image" in block ? "image" : "document";
  const begin = `{"${kind}":${stringifyJson(rest).slice(0, -1)},"source":{"bytes":"`;
  return [begin, base64.of(source.bytes), '"}}}'];
}

function joined(parts: readonly Part[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
}
