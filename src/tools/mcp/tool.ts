/** Converts tools of MCP servers to custom tools, and their results to tool output. */
import type { CallToolResult, ContentBlock, Tool } from "@modelcontextprotocol/client";
import { stringifyJson } from "../../json.ts";
import type { Validate } from "../arguments/validator.ts";
import { fingerprintDefinition } from "../catalog/fingerprint.ts";
import { toLegalName } from "../catalog/names.ts";
import { estimateTokens } from "../catalog/tool.ts";
import { withValidatedArguments } from "../custom/run.ts";
import { createCustomSchema } from "../custom/schema.ts";
import { describeFile, NO_CONTENT } from "../http/response.ts";
import { isRecord } from "../schema/schema.ts";
import { upgradeSchema } from "../schema/upgrade-schema.ts";
import type { CustomContext, CustomTool, FileContent, ToolOutput } from "../types.ts";

/** The maximum length of a description in characters. It is third-party text. */
const MAX_DESCRIPTION_LENGTH = 2000;

/** Calls a tool of the server under the tool's own name. */
export type CallTool = (
  tool: Tool,
  values: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<CallToolResult>;

/** @throws Error when the tool's schema is not supported. */
export function createMcpTool(
  server: string,
  tool: Tool,
  readOnly: boolean,
  validate: Validate,
  call: CallTool,
): CustomTool {
  const name = toLegalName(`${server}_${tool.name}`);
  const description = (tool.description ?? tool.title ?? tool.name).trim().slice(0, MAX_DESCRIPTION_LENGTH);
  const schema = createCustomSchema(upgradeSchema(tool.inputSchema));
  const { inputSchema } = schema;
  return {
    name,
    description,
    inputSchema,
    source: `MCP server ${server}`,
    server,
    tokens: estimateTokens(name, description, inputSchema),
    fingerprint: fingerprintDefinition([tool.title, tool.description, tool.inputSchema, tool.annotations]),
    readOnly,
    confirm: undefined,
    run: withValidatedArguments({ name, schema, validate }, async (values, { signal, saveFile }) => {
      const result = await call(tool, encodeIntegers(values), signal);
      // The call was stopped, so nobody can download its file.
      return toOutput(result, signal.aborted ? undefined : saveFile);
    }),
  };
}

export function isHintedReadOnly({ annotations }: Tool): boolean {
  return annotations?.readOnlyHint === true;
}

const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** Replaces bigints by raw JSON, since the SDK cannot serialize them. */
function encodeIntegers(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encodeInteger(value)]));
}

function encodeInteger(value: unknown): unknown {
  if (typeof value === "bigint") return rawJson(String(value));
  if (Array.isArray(value)) return value.map(encodeInteger);
  return isRecord(value) ? encodeIntegers(value) : value;
}

/** Converts a result: texts are unchanged, and the first binary block is saved as a file. */
function toOutput(
  { content, structuredContent, isError }: CallToolResult,
  saveFile: CustomContext["saveFile"],
): ToolOutput {
  let file: ToolOutput["file"];
  const texts = content.map((block) => {
    const decoded = readBlock(block);
    if (typeof decoded === "string") return decoded;
    const savedFile = file === undefined ? saveFile?.(decoded) : undefined;
    file ??= savedFile;
    return describeFile(decoded, decoded.bytes.length, savedFile);
  });
  if (texts.length === 0 && structuredContent !== undefined) texts.push(stringifyJson(structuredContent));
  return {
    status: isError ? "failed" : "ok",
    content: texts.join("\n\n") || NO_CONTENT,
    ...(file && { file }),
  };
}

function readBlock(block: ContentBlock): string | FileContent {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return decodeFile(block.data, block.mimeType);
    case "resource_link":
      return `(link to a resource of the MCP server, which cannot be read here: ${block.name}, ${block.uri})`;
    case "resource": {
      const { resource } = block;
      if ("text" in resource) return resource.text;
      return decodeFile(resource.blob, resource.mimeType, resource.uri.split(/[/\\?#]/).findLast(Boolean));
    }
  }
}

function decodeFile(data: string, mediaType = "application/octet-stream", name?: string): FileContent {
  const bytes = new Uint8Array(Buffer.from(data, "base64"));
  const isValid = /^[a-z0-9][\w!#$&^.+-]*\/[a-z0-9][\w!#$&^.+-]*$/i.test(mediaType);
  const extension = /\/([a-z0-9]{2,5})$/.exec(mediaType)?.[1] ?? "bin";
  return {
    name: name ?? `answer.${extension}`,
    mediaType: isValid ? mediaType : "application/octet-stream",
    bytes,
  };
}
