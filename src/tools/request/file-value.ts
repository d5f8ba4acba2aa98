/** Reads the files among the values of a body. */
import type { FileContent } from "../types.ts";

/** A file of a body. The name and the type can be unknown. */
export interface BodyFile {
  readonly name?: string | undefined;
  readonly mediaType?: string | undefined;
  readonly bytes: Uint8Array;
}

/** Returns an attached file, or the file of a base64 `data:` URL (RFC 2397); undefined for other values. */
export function parseFile(value: unknown): BodyFile | undefined {
  if (isFileContent(value)) return value;
  return typeof value === "string" ? parseDataUrl(value) : undefined;
}

function isFileContent(value: unknown): value is FileContent {
  return typeof value === "object" && value !== null && "bytes" in value && value.bytes instanceof Uint8Array;
}

function parseDataUrl(text: string): BodyFile | undefined {
  const match = /^data:([^;,]*)((?:;[^,;]*)*);base64,([A-Za-z0-9+/=_\s-]*)$/.exec(text);
  if (!match) return undefined;
  const [, type = "", parameters = "", content = ""] = match;
  const name = /;name=([^;]+)/.exec(parameters)?.[1];
  return {
    ...(type && { mediaType: type.toLowerCase() }),
    ...(name && { name: decodeName(name) }),
    bytes: Buffer.from(content, "base64"),
  };
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
