/** Files that a person attached, put where a call names them. */
import { bodyKind } from "../schema/media-type.ts";
import { isRecord } from "../schema/schema.ts";
import type { FileContent, Tool } from "../types.ts";

/** What a call writes in place of a file's content. */
export const ATTACHMENT = "attachment:";

export type Attached =
  | { readonly outcome: "ready"; readonly values: Readonly<Record<string, unknown>> }
  | { readonly outcome: "refused"; readonly problems: readonly string[] };

/**
 * `attachment:NAME` as a data: URL (RFC 2397) of that file, wherever it is the whole value of a body that can carry files.
 * Anywhere else it is a text like any other.
 */
export function withAttachments(
  tool: Tool,
  values: Readonly<Record<string, unknown>>,
  find: (name: string) => FileContent | undefined,
): Attached {
  const kind = tool.media && bodyKind(tool.media.mediaType);
  if (kind !== "multipart" && kind !== "bytes") return { outcome: "ready", values };
  const problems: string[] = [];
  const place = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(place);
    if (isRecord(value))
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, place(inner)]));
    if (typeof value !== "string" || !value.startsWith(ATTACHMENT)) return value;
    const name = value.slice(ATTACHMENT.length);
    const file = find(name);
    if (file) return dataUrl(file);
    problems.push(`there is no attachment ${JSON.stringify(name)} in this conversation`);
    return value;
  };
  const placed = place(values);
  return problems.length > 0 || !isRecord(placed)
    ? { outcome: "refused", problems }
    : { outcome: "ready", values: placed };
}

function dataUrl({ name, mediaType, bytes }: FileContent): string {
  return `data:${mediaType};name=${encodeURIComponent(name)};base64,${Buffer.from(bytes).toString("base64")}`;
}
