/**
 * Serializes a request as JSON. Tools are most of a request and do not change between turns, so each is serialized
 * once. Files are inserted as base64 bytes and bypass the JSON serializer.
 */
import { setImmediate } from "node:timers/promises";
import { stringifyJson } from "../../json.ts";
import { Base64Cache } from "./base64.ts";
import type { ContentBlock, ConverseBody, ConverseMessage, ToolBlock } from "./types.ts";

/** Returns the body as UTF-8 bytes. Others are served while it is made of long files. */
export async function serializeBody({ messages, toolConfig, ...rest }: ConverseBody): Promise<Uint8Array> {
  const choice = toolConfig?.toolChoice ? `,"toolChoice":${stringifyJson(toolConfig.toolChoice)}` : "";
  const tools = toolConfig
    ? `,"toolConfig":{"tools":[${toolConfig.tools.map(serializeTool).join(",")}]${choice}}`
    : "";
  const end = `${tools},${stringifyJson(rest).slice(1)}`;
  if (!messages.some(hasFiles)) return Buffer.from(`{"messages":${stringifyJson(messages)}${end}`);
  const parts: BodyPart[] = ['{"messages":['];
  for (const [index, message] of messages.entries())
    parts.push(index === 0 ? "" : ",", ...(await serializeMessage(message)));
  return await concatParts([...parts, "]", end]);
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

async function serializeMessage(message: ConverseMessage): Promise<readonly BodyPart[]> {
  if (!hasFiles(message)) return [stringifyJson(message)];
  const parts: BodyPart[] = [`{"role":${stringifyJson(message.role)},"content":[`];
  for (const [index, block] of message.content.entries())
    parts.push(index === 0 ? "" : ",", ...(await serializeBlock(block)));
  return [...parts, "]}"];
}

const base64Cache = new Base64Cache(50_000_000);

async function serializeBlock(block: ContentBlock): Promise<readonly BodyPart[]> {
  const file = fileIn(block);
  if (!file) return [stringifyJson(block)];
  const { source, ...rest } = file;
  const kind = "image" in block ? "image" : "document";
  const begin = `{"${kind}":${stringifyJson(rest).slice(0, -1)},"source":{"bytes":"`;
  return [begin, await base64Cache.encode(source.bytes), '"}}}'];
}

/** Bytes that are copied before others are served. */
const SLICE = 1_000_000;

async function concatParts(parts: readonly BodyPart[]): Promise<Uint8Array> {
  const chunks = parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part));
  const body = Buffer.allocUnsafeSlow(chunks.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const chunk of chunks)
    for (let start = 0; start < chunk.length; start += SLICE) {
      if (start > 0) await setImmediate();
      const slice = chunk.subarray(start, start + SLICE);
      body.set(slice, end);
      end += slice.length;
    }
  return body;
}
