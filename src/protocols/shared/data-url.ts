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
  const [, mediaType, data] =
    /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,([A-Za-z0-9+/]*={0,2})$/.exec(url) ?? [];
  if (mediaType === undefined || data === undefined)
    throw new AppError(
      "bad_request",
      `${label}: files are taken as base64 data: URLs, and fetched from nowhere.`,
    );
  return decodeBase64File(data, mediaType, label, name);
}

export function decodeBase64File(data: string, mediaType: string, label: string, name?: string): FileContent {
  const extension = mediaType.split("/")[1]?.replace(/^x-|\+.*$/g, "");
  return {
    name: name ?? `${label}.${extension}`,
    mediaType,
    bytes: new Uint8Array(Buffer.from(data, "base64")),
  };
}
