/** Creates callers. A browser is identified by a random cookie. An anonymous caller only has access to objects by their ids. */
import { randomUUID } from "node:crypto";
import { hashShort } from "./short-hash.ts";
import type { Caller, CallerId } from "./types.ts";

const COOKIE = "specchat_caller";

/** The user of the terminal in which a command runs. */
export const TERMINAL: Caller = { id: "terminal" as CallerId, kind: "terminal" };

/** Returns the caller of a request by its Cookie header. */
export function callerFromCookie(cookie: string | null): Caller {
  const token = cookie && new Bun.CookieMap(cookie).get(COOKIE);
  if (!token) return { id: `anonymous:${randomUUID()}` as CallerId, kind: "anonymous" };
  return browserCaller(token);
}

/** Returns the caller with an id, which begins with the kind of caller. */
export function callerFromId(id: CallerId): Caller {
  if (id === TERMINAL.id) return TERMINAL;
  const kind = (["browser", "token", "host"] as const).find((kind) => id.startsWith(`${kind}:`));
  return { id, kind: kind ?? "anonymous" };
}

/** Creates the caller that the embedding application names. */
export function createHostCaller(name: string): Caller {
  return { id: `host:${name}` as CallerId, kind: "host" };
}

/** Creates a caller for a new browser, with the Set-Cookie header that identifies it in later requests. */
export function issueBrowserCaller(secure: boolean): { readonly caller: Caller; readonly setCookie: string } {
  const token = randomUUID();
  const cookie = new Bun.Cookie(COOKIE, token, { path: "/", httpOnly: true, sameSite: "strict", secure });
  return { caller: browserCaller(token), setCookie: cookie.serialize() };
}

/** Derives the id from the token. The token is a secret, so logs and stores get its hash. */
function browserCaller(token: string): Caller {
  return { id: `browser:${hashShort(token)}` as CallerId, kind: "browser" };
}
