/** Decodes files that clients send: in `data:` URLs (RFC 2397), in base64, and by URLs. */
import { AppError } from "../../errors.ts";
import type { FileContent } from "../../tools/types.ts";
import type { ClientFile } from "../../turns/stateless-request.ts";

/**
 * Decodes a `data:` URL, or passes on an `http:` or `https:` URL, which is fetched later where the settings allow its host.
 * @param label names the file in errors, and when it has no name.
 * @throws AppError `bad_request`
 */
export function decodeFileUrl(url: string, label: string, name?: string): ClientFile {
  return /^https?:/i.test(url) ? { url, label, name } : decodeDataUrl(url, label, name);
}

/**
 * Decodes a `data:` URL. Other URLs are rejected: fetching them would let clients reach the server's network.
 * @param label names the file in errors, and when it has no name.
 * @throws AppError `bad_request`
 */
export function decodeDataUrl(url: string, label: string, name?: string): FileContent {
  const [prefix = "", mediaType] =
    /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,/.exec(url.slice(0, MAX_PREFIX)) ?? [];
  const data = url.slice(prefix.length);
  const file = mediaType === undefined ? undefined : decodeBase64File(data, mediaType, label, name);
  if (file?.bytes.length === decodedLength(data)) return file;
  throw new AppError(
    "bad_request",
    `${label}: files are taken as base64 data: URLs, and fetched from nowhere.`,
  );
}

/** Characters before the data. */
const MAX_PREFIX = 1000;

/** Returns the bytes that base64 stands for. A decoder skips characters that do not belong to it, and returns fewer. */
function decodedLength(data: string): number {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return Math.floor(((data.length - padding) * 3) / 4);
}

export function decodeBase64File(data: string, mediaType: string, label: string, name?: string): FileContent {
  const { buffer, byteOffset, length } = Buffer.from(data, "base64");
  const extension = mediaType.split("/")[1]?.replace(/^x-|\+.*$/g, "");
  return {
    name: name ?? `${label}.${extension}`,
    mediaType,
    bytes: new Uint8Array(buffer, byteOffset, length),
  };
}
