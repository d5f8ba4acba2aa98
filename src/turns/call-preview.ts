/** Builds what a person is shown of a call that needs approval: the whole request, with secrets masked and invisible characters visible. */
import type { CallPreview, ToolCall } from "../chat/types.ts";
import { escapeInvisible } from "../chat/visible-text.ts";
import { stringifyJson } from "../json.ts";
import type { Secrets } from "../tools/auth/types.ts";
import { formatBody } from "../tools/http/body-text.ts";
import { maskRequest } from "../tools/http/mask.ts";
import type { ToolRequest } from "../tools/http/types.ts";
import type { CallContext, FileContent, Toolbox } from "../tools/types.ts";

/** The request that a call would send, with masked secrets, and what a person is shown of it; or why it would send none. */
export type PreviewedCall =
  | { readonly preview: CallPreview; readonly request: ToolRequest; readonly secrets: Secrets }
  | { readonly problem: string };

export async function previewCall(
  call: ToolCall,
  { prepare }: Pick<Toolbox, "prepare">,
  context: CallContext,
): Promise<PreviewedCall> {
  const files: FileContent[] = [];
  const findAttachment: CallContext["findAttachment"] = (name) => {
    const file = context.findAttachment?.(name);
    if (file) files.push(file);
    return file;
  };
  const prepared = await prepare(call, { ...context, findAttachment }, { dryRun: true });
  if (prepared.outcome === "refused") return { problem: prepared.problem };
  const { secrets } = prepared;
  const request = maskRequest(prepared.request, secrets);
  return { preview: previewRequest(request, files), request, secrets };
}

/** @param request its secrets are masked. @param files the attached files in it, which are shown by their names. */
function previewRequest(request: ToolRequest, files: readonly FileContent[]): CallPreview {
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
