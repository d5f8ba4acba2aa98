/** Builds what a person is shown of a call that needs approval: the whole request, with secrets masked and invisible characters visible. */
import type { CallPreview, ToolCall } from "../chat/types.ts";
import { escapeInvisible } from "../chat/visible-text.ts";
import { stringifyJson } from "../json.ts";
import { formatBody } from "../tools/http/body-text.ts";
import type { ToolRequest } from "../tools/http/types.ts";
import type { FileContent } from "../tools/types.ts";

/** @param request its secrets are masked. @param files the attached files in it, which are shown by their names. */
export function previewRequest(request: ToolRequest, files: readonly FileContent[]): CallPreview {
  const { method, url, body } = request;
  const headers = Object.entries(request.headers)
    .filter(isShownHeader)
    .map(([name, value]) => [escapeInvisible(name), escapeInvisible(value)]);
  return {
    method: escapeInvisible(method),
    url: escapeInvisible(url),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(body !== null && { body: escapeInvisible(formatBody(request, files)) }),
  };
}

/** Returns a call as text, for a person in a terminal or in another client. */
export function describeCall({ name, arguments: args }: ToolCall, preview: CallPreview | undefined): string {
  if (!preview) return escapeInvisible(`${name} ${stringifyJson(args)}`);
  const { method, url, headers = {}, body } = preview;
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  return [`${method} ${url}`, ...lines, body].filter(Boolean).join("\n");
}

/** `Accept` and the usual `Content-Type` come from the document and say nothing about the call. */
function isShownHeader([name, value]: readonly [string, string]): boolean {
  const key = name.toLowerCase();
  return key !== "accept" && !(key === "content-type" && value === "application/json");
}
