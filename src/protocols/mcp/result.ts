/** Encodes tool results for MCP: text for models, JSON for programs, links to long results and files. Pure. */
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/server";
import type { ToolResult } from "../../chat/types.ts";
import { readJson } from "../../results/read-json.ts";
import { joinContent, splitContent } from "../../results/response-head.ts";
import type { ResultId } from "../../results/types.ts";
import type { StoredFile } from "../../store/file-cache.ts";
import { describeFile } from "../../tools/http/response.ts";
import { isRecord } from "../../tools/schema/schema.ts";
import { fileUri, resultUri } from "./uris.ts";

/** The stored result or file behind a text. */
export interface ResultAttachments {
  /** The id of the complete text, when it is stored, and its length in characters. */
  readonly resultId: ResultId | undefined;
  readonly resultLength: number;
  readonly file: StoredFile | undefined;
}

/** Bytes up to which an image or a sound is part of the result. Larger ones are links only. */
const MAX_INLINE_BYTES = 1_000_000;

export function encodeToolResult(
  { status, content }: ToolResult,
  { resultId, resultLength, file }: ResultAttachments,
): CallToolResult {
  if (status === "failed") return failedResult(content);
  if (file) return { content: [textBlock(describeFileContent(content, file)), ...fileBlocks(file)] };
  if (resultId !== undefined) return { content: [textBlock(content), resultLink(resultId, resultLength)] };
  const value = readJson(splitContent(content).body);
  if (value === undefined) return { content: [textBlock(content)] };
  return { content: [textBlock(content)], structuredContent: toStructuredContent(value) };
}

export function failedResult(problem: string): CallToolResult {
  return { content: [textBlock(problem)], isError: true };
}

function textBlock(text: string): ContentBlock {
  return { type: "text", text };
}

function resultLink(id: ResultId, size: number): ContentBlock {
  return {
    type: "resource_link",
    uri: resultUri(id),
    name: "whole result",
    description: `${size} characters`,
  };
}

/** Describes a file without mention of a download, which MCP clients do not show. */
function describeFileContent(content: string, { name, mediaType, size }: StoredFile): string {
  const { head } = splitContent(content);
  return joinContent({ head, body: describeFile({ name, mediaType }, size, undefined) });
}

function fileBlocks({ id, name, mediaType, size, bytes }: StoredFile): ContentBlock[] {
  const link: ContentBlock = { type: "resource_link", uri: fileUri(id), name, mimeType: mediaType, size };
  const kind = /^(image|audio)\//.exec(mediaType)?.[1];
  if (kind === undefined || size > MAX_INLINE_BYTES) return [link];
  return [{ type: kind as "image" | "audio", data: bytes.toBase64(), mimeType: mediaType }, link];
}

/** Returns an object; other values are wrapped. Integers beyond 2^53 become texts, since most JSON parsers round them. */
function toStructuredContent(value: unknown): Record<string, unknown> {
  const exact = stringifyBigInts(value);
  return isRecord(exact) ? exact : { result: exact };
}

/** Replaces integers beyond 2^53 by texts at every depth. */
export function stringifyBigInts(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(stringifyBigInts);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stringifyBigInts(inner)]));
}
