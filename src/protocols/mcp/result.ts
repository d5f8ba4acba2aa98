/** A tool's result as MCP tells it: text for a model, JSON beside it for a program, links to what is long or no text. Pure. */
import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/server";
import type { ToolResult } from "../../chat/types.ts";
import { readJson } from "../../results/read-json.ts";
import { joinContent, splitContent } from "../../results/response-head.ts";
import type { ResultId } from "../../results/types.ts";
import type { StoredFile } from "../../store/file-store.ts";
import { describeFile } from "../../tools/http/response.ts";
import { isRecord } from "../../tools/schema/schema.ts";
import { fileUri, resultUri } from "./uris.ts";

/** What came beside the text. */
export interface ResultAttachments {
  /** The whole text is kept under this id, and has so many characters. */
  readonly resultId: ResultId | undefined;
  readonly resultLength: number;
  readonly file: StoredFile | undefined;
}

/** Bytes of a picture or a sound that go along with the result; what is larger is fetched by its link alone. */
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

/** Nobody sees a download here. */
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

/** An object: lists are wrapped. Integers that JSON's readers would round are texts; the text beside it has them as they are. */
function toStructuredContent(value: unknown): Record<string, unknown> {
  const exact = stringifyBigInts(value);
  return isRecord(exact) ? exact : { result: exact };
}

function stringifyBigInts(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(stringifyBigInts);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stringifyBigInts(inner)]));
}
