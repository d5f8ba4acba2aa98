/** Identifies what a person approves: the exact request, and the operation that "allow for this conversation" covers. */
import { stringifyJson } from "../json.ts";
import type { MultipartPart, RequestBodyValue, ToolRequest } from "../tools/http/types.ts";
import type { AnyTool } from "../tools/types.ts";

/** Returns the same text for a tool as long as it does the same: method and address of an operation, or origin and schema of another tool. */
export function approvalScope(tool: AnyTool): string {
  if ("operation" in tool) return `${tool.operation.method} ${tool.api.baseUrl}${tool.operation.path}`;
  const { name, source, server, description, inputSchema } = tool;
  return `tool ${name} ${fingerprintOf([source, server ?? "", description, stringifyJson(inputSchema)])}`;
}

/** Hashes method, URL and body of a request, whose secrets are masked. */
export function fingerprintRequest(scope: string, { method, url, body }: ToolRequest): string {
  return fingerprintOf([scope, method, url, ...bodyParts(body)]);
}

export function fingerprintOf(parts: readonly (string | Uint8Array)[]): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const part of parts) {
    // The length keeps neighbours apart.
    hasher.update(`${part.length}:`);
    hasher.update(part);
  }
  return hasher.digest("hex");
}

function bodyParts(body: RequestBodyValue): readonly (string | Uint8Array)[] {
  if (body === null) return [];
  if (typeof body === "string" || body instanceof Uint8Array) return [body];
  return body.flatMap(({ name, filename = "", content }: MultipartPart) => [name, filename, content]);
}
