/** Identifies what a person approves: the exact request, and the operation that "allow for this conversation" covers. */
import { stringifyJson } from "../json.ts";
import type { Secrets } from "../tools/auth/types.ts";
import { fingerprintOf } from "../tools/catalog/fingerprint.ts";
import type { MultipartPart, RequestBodyValue, ToolRequest } from "../tools/http/types.ts";
import type { AnyTool, Tool } from "../tools/types.ts";

/** Returns the name of a tool and a hash of what it does. The hash stays while only other tools change. */
export function approvalScope(tool: AnyTool): string {
  const { name, fingerprint } = tool;
  const origin = "operation" in tool ? endpointOf(tool) : [tool.source, tool.server ?? "", name];
  return `${name} ${fingerprintOf([...origin, fingerprint])}`;
}

/** Checks whether a scope was allowed. Another operation can have taken the name of a tool, or given it another. */
export function isAllowed(scope: string, allowed: readonly string[]): boolean {
  const hash = hashIn(scope);
  return allowed.some((other) => hashIn(other) === hash);
}

/** Checks whether a tool of that name was allowed, when it was different. */
export function wasAllowed(scope: string, allowed: readonly string[]): boolean {
  const [name] = scope.split(" ");
  return !isAllowed(scope, allowed) && allowed.some((other) => other.split(" ")[0] === name);
}

function hashIn(scope: string): string {
  return scope.slice(scope.lastIndexOf(" ") + 1);
}

/** Hashes the operation, and the method, URL, headers and body of a request whose secrets are masked. */
export function fingerprintRequest(
  tool: Tool,
  { method, url, headers, body }: ToolRequest,
  secrets: Secrets,
): string {
  return fingerprintOf([
    ...endpointOf(tool),
    stringifyJson(tool.operation.security),
    method,
    url,
    ...Object.entries(headers).flatMap((header) => withoutSecrets(header, secrets)),
    ...bodyParts(body),
  ]);
}

/** Leaves out credentials. They are no part of what is approved: a person may sign in while a call waits. */
function withoutSecrets([name, value]: [string, string], secrets: Secrets): readonly string[] {
  const key = name.toLowerCase();
  if (secrets.headers.includes(key)) return [];
  if (key !== "cookie") return [name, value];
  const cookies = value.split("; ").filter((pair) => !secrets.cookies.includes(pair.split("=", 1)[0] ?? ""));
  return cookies.length === 0 ? [] : [name, ...cookies];
}

function endpointOf({ api, operation: { method, path, pathTemplate } }: Tool): readonly string[] {
  return [method, api.baseUrl, pathTemplate ?? path];
}

function bodyParts(body: RequestBodyValue): readonly (string | Uint8Array)[] {
  if (body === null) return [];
  if (typeof body === "string" || body instanceof Uint8Array) return [body];
  return body.flatMap(
    ({ name = "", filename = "", contentType = "", headers = {}, content }: MultipartPart) => [
      name,
      filename,
      contentType,
      stringifyJson(headers),
      content,
    ],
  );
}
