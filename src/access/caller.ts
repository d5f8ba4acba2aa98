/** Who is calling: a browser is known by a random cookie; whoever brings nothing owns only what it knows the id of. */
import { randomUUID } from "node:crypto";
import { hashShort } from "./short-hash.ts";
import type { Caller, CallerId } from "./types.ts";

const COOKIE = "specchat_caller";

/** Who sits at the terminal that a command was started in. */
export const TERMINAL: Caller = { id: "terminal" as CallerId, kind: "terminal" };

/** `cookie` is the request's Cookie header. */
export function callerFromCookie(cookie: string | null): Caller {
  const token = cookie && new Bun.CookieMap(cookie).get(COOKIE);
  if (!token) return { id: `anonymous:${randomUUID()}` as CallerId, kind: "anonymous" };
  return browserCaller(token);
}

/** Whoever is known by this id: it begins with what kind of caller they are. */
export function callerFromId(id: CallerId): Caller {
  if (id === TERMINAL.id) return TERMINAL;
  const kind = (["browser", "token", "host"] as const).find((kind) => id.startsWith(`${kind}:`));
  return { id, kind: kind ?? "anonymous" };
}

/** Whom the application that specchat is a part of speaks for, by a name of its own. */
export function createHostCaller(name: string): Caller {
  return { id: `host:${name}` as CallerId, kind: "host" };
}

/** A caller for a browser that has none yet, and the Set-Cookie header that makes it known from now on. */
export function issueBrowserCaller(secure: boolean): { readonly caller: Caller; readonly setCookie: string } {
  const token = randomUUID();
  const cookie = new Bun.Cookie(COOKIE, token, { path: "/", httpOnly: true, sameSite: "strict", secure });
  return { caller: browserCaller(token), setCookie: cookie.serialize() };
}

/** The token proves who it is, so only its hash becomes the id that logs and stores may hold. */
function browserCaller(token: string): Caller {
  return { id: `browser:${hashShort(token)}` as CallerId, kind: "browser" };
}
