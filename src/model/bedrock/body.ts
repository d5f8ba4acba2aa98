/**
 * Serializes a request as JSON. Tools are most of a request and do not change between turns, so each is serialized
 * once. Files are inserted as base64 bytes and bypass the JSON serializer.
 */
import { stringifyJson } from "../../json.ts";
import { Base64Cache } from "./base64.ts";
import type { ContentBlock, ConverseBody, ConverseMessage, ToolBlock } from "./types.ts";

/** Returns the body as UTF-8 bytes. */
export function serializeBody({ messages, toolConfig, ...rest }: ConverseBody): Uint8Array {
  const choice = toolConfig?.toolChoice ? `,"toolChoice":${stringifyJson(toolConfig.toolChoice)}` : "";
  const tools = toolConfig
    ? `,"toolConfig":{"tools":[${toolConfig.tools.map(serializeTool).join(",")}]${choice}}`
    : "";
  const end = `${tools},${stringifyJson(rest).slice(1)}`;
  if (!messages.some(hasFiles)) return Buffer.from(`{"messages":${stringifyJson(messages)}${end}`);
  const parts = messages.flatMap((message, index) => [index === 0 ? "" : ",", ...serializeMessage(message)]);
  return concatParts(['{"messages":[', ...parts, "]", end]);
}

const serializedTools = new WeakMap<ToolBlock, string>();

function serializeTool(tool: ToolBlock): string {
  return serializedTools.getOrInsertComputed(tool, stringifyJson);
}

type BodyPart = string | Uint8Array;

function hasFiles({ content }: ConverseMessage): boolean {
  return content.some((block) => fileIn(block) !== undefined);
}

function fileIn(block: ContentBlock) {
  if ("image" in block) return block.image;
  return "document" in block ? block.document : undefined;
}

function serializeMessage(message: ConverseMessage): readonly BodyPart[] {
  if (!hasFiles(message)) return [stringifyJson(message)];
  const blocks = message.content.flatMap((block, index) => [
    index === 0 ? "" : ",",
    ...serializeBlock(block),
  ]);
  return [`{"role":${stringifyJson(message.role)},"content":[`, ...blocks, "]}"];
}

const base64Cache = new Base64Cache(50_000_000);

function serializeBlock(block: ContentBlock): readonly BodyPart[] {
  const file = fileIn(block);
  if (!file) return [stringifyJson(block)];
  const { source, ...rest } = file;
  const kind = "image" in block ? "image" : "document";
  const begin = `{"${kind}":${stringifyJson(rest).slice(0, -1)},"source":{"bytes":"`;
  return [begin, base64Cache.encode(source.bytes), '"}}}'];
}

function concatParts(parts: readonly BodyPart[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
}
