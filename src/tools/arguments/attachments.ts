/** Inserts attached files into the arguments that refer to them. */
import { getBodyKind } from "../schema/media-type.ts";
import { isRecord } from "../schema/schema.ts";
import type { FileContent, Tool } from "../types.ts";

/** Prefix of an argument that refers to an attachment: `attachment:NAME`. */
export const ATTACHMENT_PREFIX = "attachment:";

export type ResolvedAttachments =
  | { readonly outcome: "ready"; readonly values: Readonly<Record<string, unknown>> }
  | { readonly outcome: "refused"; readonly problems: readonly string[] };

/**
 * Replaces each value `attachment:NAME` by a data: URL (RFC 2397) of that file. Only bodies that can contain files are
 * changed; elsewhere the value is ordinary text.
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
