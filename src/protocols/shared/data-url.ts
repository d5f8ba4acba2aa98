/** Files that come inside a message: RFC 2397. */
import { AppError } from "../../errors.ts";
import type { FileContent } from "../../tools/types.ts";

/**
 * Nothing is fetched: whoever asks would choose what this machine asks for.
 * @param what names the file in the error, and gives it a name when it has none.
 * @throws AppError `bad_request`
 */
export function fileOfDataUrl(url: string, what: string, name?: string): FileContent {
  const [, mediaType, data] =
    /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,([A-Za-z0-9+/]*={0,2})$/.exec(url) ?? [];
  if (mediaType === undefined || data === undefined)
    throw new AppError(
      "bad_request",
      `${what}: files are taken as base64 data: URLs, and fetched from nowhere.`,
    );
  return fileOfBase64(data, mediaType, what, name);
}

export function fileOfBase64(data: string, mediaType: string, what: string, name?: string): FileContent {
  const extension = mediaType.split("/")[1]?.replace(/^x-|\+.*$/g, "");
  return {
    name: name ?? `${what}.${extension}`,
    mediaType,
    bytes: new Uint8Array(Buffer.from(data, "base64")),
  };
}
