/**
 * Cookies of the page in a frame of another site. A browser keeps them only with `SameSite=None`, and with `Partitioned` apart for
 * each site that embeds the page: https://github.com/privacycg/CHIPS
 */
import { isLoopback } from "./origin.ts";

/** Says that a browser shows the page in such a frame. It exists only there, so later requests tell it too. */
const MARK = "specchat_frame";

/** @param secure whether the connection of the browser is encrypted. Other cookies cannot be partitioned, except of this machine. */
export function adaptCookies(response: Headers, request: Headers, secure: boolean): void {
  if (!isFramed(request) || !(secure || isLoopback(request.get("host") ?? ""))) return;
  const cookies = response.getSetCookie().map(toPartitioned);
  response.delete("set-cookie");
  const isMarked = new Bun.CookieMap(request.get("cookie") ?? "").has(MARK);
  const mark = toPartitioned(`${MARK}=1; Path=/; HttpOnly; Max-Age=34560000`);
  for (const cookie of isMarked ? cookies : [...cookies, mark]) response.append("set-cookie", cookie);
}

/** A navigation of a frame of another site, or a later request from it. */
function isFramed(request: Headers): boolean {
  const isNavigation = request.get("sec-fetch-dest") === "iframe";
  if (isNavigation && request.get("sec-fetch-site") === "cross-site") return true;
  return new Bun.CookieMap(request.get("cookie") ?? "").has(MARK);
}

function toPartitioned(cookie: string): string {
  const attributes = cookie.split("; ").filter((part) => !/^(samesite=|secure$|partitioned$)/i.test(part));
  return [...attributes, "Secure", "SameSite=None", "Partitioned"].join("; ");
}
