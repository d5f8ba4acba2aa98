/** Files that a person attached, put where a call names them. */
import { getBodyKind } from "../schema/media-type.ts";
import { isRecord } from "../schema/schema.ts";
import type { FileContent, Tool } from "../types.ts";

/** What a call writes in place of a file's content. */
export const ATTACHMENT_PREFIX = "attachment:";

export type ResolvedAttachments =
  | { readonly outcome: "ready"; readonly values: Readonly<Record<string, unknown>> }
  | { readonly outcome: "refused"; readonly problems: readonly string[] };

/**
 * `attachment:NAME` as a data: URL (RFC 2397) of that file, wherever it is the whole value of a body that can carry files.
 * Anywhere else it is a text like any other.
 */
export function resolveAttachments(
  tool: Tool,
  values: Readonly<Record<string, unknown>>,
  findAttachment: (name: string) => FileContent | undefined,
): ResolvedAttachments {
  const kind = tool.media && getBodyKind(tool.media.mediaType);
  if (kind !== "multipart" && kind !== "bytes") return { outcome: "ready", values };
  const problems: string[] = [];
  const replaceAttachment = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replaceAttachment);
    if (isRecord(value))
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaceAttachment(inner)]));
    if (typeof value !== "string" || !value.startsWith(ATTACHMENT_PREFIX)) return value;
    const name = value.slice(ATTACHMENT_PREFIX.length);
    const file = findAttachment(name);
    if (file) return toDataUrl(file);
    problems.push(`there is no attachment ${JSON.stringify(name)} in this conversation`);
    return value;
  };
  const resolved = replaceAttachment(values);
  return problems.length > 0 || !isRecord(resolved)
    ? { outcome: "refused", problems }
    : { outcome: "ready", values: resolved };
}

function toDataUrl({ name, mediaType, bytes }: FileContent): string {
  return `data:${mediaType};name=${encodeURIComponent(name)};base64,${Buffer.from(bytes).toString("base64")}`;
}
