import { isUrl } from "./library.ts";
import type { ReadIo } from "./read-io.ts";

/**
 * A name and password written into a URL become a header of its origin: everything that goes by the address from then
 * on, messages and references included, is free of them.
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
