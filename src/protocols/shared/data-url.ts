/** Reads files that clients send: in `data:` URLs (RFC 2397), in base64, and by URLs. They are decoded later. */
import { AppError } from "../../errors.ts";
import type { ClientFile, EncodedFile } from "../../turns/stateless-request.ts";

/**
 * Decodes a `data:` URL, or passes on an `http:` or `https:` URL, which is fetched later where the settings allow its host.
 * @param label names the file in errors, and when it has no name.
 * @throws AppError `bad_request`
 */
export function decodeFileUrl(url: string, label: string, name?: string): ClientFile {
  return /^https?:/i.test(url) ? { url, label, name } : decodeDataUrl(url, label, name);
}

/**
 * Returns the file of a `data:` URL. Other URLs are rejected: fetching them would let clients reach the server's network.
 * @param label names the file in errors, and when it has no name.
 * @throws AppError `bad_request`
 */
export function decodeDataUrl(url: string, label: string, name?: string): EncodedFile {
  const [prefix = "", mediaType] =
    /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,/.exec(url.slice(0, MAX_PREFIX)) ?? [];
  if (mediaType !== undefined) return encodedFile(url.slice(prefix.length), mediaType, label, name);
  throw new AppError(
    "bad_request",
    `${label}: files are taken as base64 data: URLs, and fetched from nowhere.`,
  );
}

/** Characters before the data. */
const MAX_PREFIX = 1000;

/** @param label names the file in errors, and when it has no name. */
export function encodedFile(base64: string, mediaType: string, label: string, name?: string): EncodedFile {
  const extension = mediaType.split("/")[1]?.replace(/^x-|\+.*$/g, "");
  return { base64, mediaType, label, name: name ?? `${label}.${extension}` };
}
