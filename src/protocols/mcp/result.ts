/** A tool's result as MCP tells it: text for a model, JSON beside it for a program, links to what is long or no text. Pure. */
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/server";
import type { ToolResult } from "../../chat/types.ts";
import { readJson } from "../../results/read-json.ts";
import { joinContent, splitContent } from "../../results/response-head.ts";
import type { ResultId } from "../../results/types.ts";
import type { KeptFile } from "../../store/file-store.ts";
import { describeFile } from "../../tools/http/response.ts";
import { isRecord } from "../../tools/schema/schema.ts";
import { fileUri, resultUri } from "./uris.ts";

/** What came beside the text. */
export interface Beside {
  /** The whole text is kept under this id, and has so many characters. */
  readonly kept: ResultId | undefined;
  readonly keptSize: number;
  readonly file: KeptFile | undefined;
}

/** Bytes of a picture or a sound that go along with the result; what is larger is fetched by its link alone. */
const MOST_INLINE = 1_000_000;

export function toolResult(
  { status, content }: ToolResult,
  { kept, keptSize, file }: Beside,
): CallToolResult {
  if (status === "failed") return failure(content);
  if (file) return { content: [text(describedFile(content, file)), ...fileBlocks(file)] };
  if (kept !== undefined) return { content: [text(content), keptLink(kept, keptSize)] };
  const value = readJson(splitContent(content).body);
  if (value === undefined) return { content: [text(content)] };
  return { content: [text(content)], structuredContent: structured(value) };
}

export function failure(problem: string): CallToolResult {
  return { content: [text(problem)], isError: true };
}

function text(text: string): ContentBlock {
  return { type: "text", text };
}

function keptLink(id: ResultId, size: number): ContentBlock {
  return {
    type: "resource_link",
    uri: resultUri(id),
    name: "whole result",
    description: `${size} characters`,
  };
}

/** Nobody sees a download here. */
function describedFile(content: string, { name, mediaType, size }: KeptFile): string {
  const { head } = splitContent(content);
  return joinContent({ head, body: describeFile({ name, mediaType }, size, undefined) });
}

function fileBlocks({ id, name, mediaType, size, bytes }: KeptFile): ContentBlock[] {
  const link: ContentBlock = { type: "resource_link", uri: fileUri(id), name, mimeType: mediaType, size };
  const kind = /^(image|audio)\//.exec(mediaType)?.[1];
  if (kind === undefined || size > MOST_INLINE) return [link];
  return [{ type: kind as "image" | "audio", data: bytes.toBase64(), mimeType: mediaType }, link];
}

/** An object: lists are wrapped. Integers that JSON's readers would round are texts; the text beside it has them as they are. */
function structured(value: unknown): Record<string, unknown> {
  const exact = withoutBigInts(value);
  return isRecord(exact) ? exact : { result: exact };
}

function withoutBigInts(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(withoutBigInts);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutBigInts(inner)]));
}
