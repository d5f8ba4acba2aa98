/** Inserts attached files into the arguments that refer to them. */
import type { JsonSchema } from "../../chat/types.ts";
import { findFileSlot, isFileType, listItemSchemas, listPropertySchemas } from "../schema/file-schema.ts";
import { getOwn, isRecord } from "../schema/schema.ts";
import type { CallForm, FileContent, Tool } from "../types.ts";

/** Prefix of an argument that refers to an attachment: `attachment:NAME`. */
export const ATTACHMENT_PREFIX = "attachment:";

export type ResolvedAttachments =
  | { readonly outcome: "ready"; readonly values: Readonly<Record<string, unknown>> }
  | { readonly outcome: "refused"; readonly problems: readonly string[] };

/**
 * Replaces each value `attachment:NAME` by that file, or by its base64 text where the body carries text. Only places
 * that can hold a file are changed; elsewhere the value is ordinary text.
 */
export function resolveAttachments(
  tool: Tool,
  form: CallForm,
  values: Readonly<Record<string, unknown>>,
  findAttachment: (name: string) => FileContent | undefined,
): ResolvedAttachments {
  const problems: string[] = [];
  const resolved = mapFiles(tool, form, values, (text, encoding) => {
    if (!text.startsWith(ATTACHMENT_PREFIX)) return text;
    const name = text.slice(ATTACHMENT_PREFIX.length);
    const file = findAttachment(name);
    if (file) return encoding === "bytes" ? file : Buffer.from(file.bytes).toString(encoding);
    problems.push(`there is no attachment ${JSON.stringify(name)} in this conversation`);
    return text;
  });
  return problems.length > 0 ? { outcome: "refused", problems } : { outcome: "ready", values: resolved };
}

/** Counts the files among the arguments. One that is sent as bytes counts more than one that is sent as text. */
export function countFiles(tool: Tool, form: CallForm, values: Readonly<Record<string, unknown>>): number {
  let count = 0;
  mapFiles(tool, form, values, (text, encoding) => {
    const isAttachment = text.startsWith(ATTACHMENT_PREFIX);
    if (encoding === "bytes") count += isAttachment || /^data:[^,]*;base64,/.test(text) ? 2 : 0;
    else count += isAttachment ? 1 : 0;
    return text;
  });
  return count;
}

/** How a file is sent: its bytes, or a text that encodes them. */
type FileCarrier = "bytes" | "base64" | "base64url";

/** Replaces the texts of a body that stand where a file can be. */
function mapFiles(
  { operation: { definitions } }: Tool,
  { body, argumentTargets }: CallForm,
  values: Readonly<Record<string, unknown>>,
  replace: (text: string, carrier: FileCarrier) => unknown,
): Readonly<Record<string, unknown>> {
  if (!body) return values;
  const { kind, content } = body;
  const [media] = content;
  const isRawText = kind !== "json" && kind !== "form" && kind !== "multipart";
  const map = (value: unknown, schemas: readonly JsonSchema[], isPart: boolean, isFile = false): unknown => {
    if (typeof value === "string") {
      const slot = findFileSlot(schemas, isPart ? "multipart" : "json", definitions);
      if (isPart) return slot || isFile ? replace(value, "bytes") : value;
      return slot && slot.encoding !== "binary" ? replace(value, slot.encoding) : value;
    }
    if (Array.isArray(value)) {
      const items = listItemSchemas(schemas, definitions);
      return value.map((item) => map(item, items, isPart, isFile));
    }
    if (!isRecord(value)) return value;
    const members = Object.entries(value).map(([name, inner]): [string, unknown] => [
      name,
      map(inner, listPropertySchemas(schemas, name, definitions), false),
    ]);
    return Object.fromEntries(members);
  };
  // Only the fields of a form are parts with bytes. What is nested in them is JSON.
  const mapField = (name: string, value: unknown) =>
    map(
      value,
      listPropertySchemas([media.schema], name, definitions),
      kind === "multipart",
      isFileType(getOwn(media.encoding, name)?.contentType),
    );
  const mapBody = (value: unknown): unknown => {
    if (typeof value === "string" && isRawText) return replace(value, "bytes");
    if (kind !== "multipart" || !isRecord(value)) return map(value, [media.schema], false);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapField(name, inner)]));
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const target = getOwn(argumentTargets, key);
      if (target?.in === "property") return [key, mapField(target.name, value)];
      return [key, target?.in === "body" ? mapBody(value) : value];
    }),
  );
}
