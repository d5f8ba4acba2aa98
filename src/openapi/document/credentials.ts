import { isUrl } from "./library.ts";
import type { ReadIo } from "./read-io.ts";

/**
 * Turns the user name and password of a URL into a header for its origin. The returned source has no credentials, so
 * that messages and references do not contain them.
 */
export function extractUrlCredentials(
  source: string,
  io: ReadIo,
): { readonly source: string; readonly io: ReadIo } {
  const url = isUrl(source) ? URL.parse(source) : null;
  if (url === null || (url.username === "" && url.password === "")) return { source, io };
  const userInfo = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const authorization = `Basic ${Buffer.from(userInfo).toString("base64")}`;
  url.username = "";
  url.password = "";
  const headers = { ...io.headers, [url.origin]: { authorization, ...io.headers?.[url.origin] } };
  return { source: url.href, io: { ...io, headers } };
}
