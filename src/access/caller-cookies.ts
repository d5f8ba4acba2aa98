/** Issues and reads the cookie that identifies a browser. It is signed, so that a made-up cookie is not taken for an issued one. */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { browserCaller } from "./caller.ts";
import type { Caller, CallerId } from "./types.ts";

const COOKIE = "specchat_caller";

export class CallerCookies {
  readonly #key: string;

  /** @param key the secret of the signatures, the same for all processes that serve the same sessions. */
  constructor(key: string) {
    this.#key = key;
  }

  /** Returns the caller of a request by its Cookie header. Its cookie alone grants access to its sessions; only `isIssued` needs the signature. */
  read(cookieHeader: string | null): Caller {
    const cookie = cookieHeader && new Bun.CookieMap(cookieHeader).get(COOKIE);
    if (!cookie) return { id: `anonymous:${randomUUID()}` as CallerId, kind: "anonymous" };
    const { token, signature } = splitCookie(cookie);
    return { ...browserCaller(token), ...(this.#isValid(token, signature) && { isIssued: true }) };
  }

  /**
   * Returns a caller with the Set-Cookie header that identifies it in later requests. A browser with a cookie of an earlier process
   * keeps its identity and gets a new signature.
   */
  issue(
    cookieHeader: string | null,
    secure: boolean,
  ): { readonly caller: Caller; readonly setCookie: string } {
    const known = cookieHeader && new Bun.CookieMap(cookieHeader).get(COOKIE);
    const token = known ? splitCookie(known).token : randomUUID();
    const value = `${token}.${this.#sign(token)}`;
    const cookie = new Bun.Cookie(COOKIE, value, { path: "/", httpOnly: true, sameSite: "strict", secure });
    return { caller: browserCaller(token), setCookie: cookie.serialize() };
  }

  #isValid(token: string, signature: string): boolean {
    const expected = this.#sign(token);
    return (
      signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
    );
  }

  #sign(token: string): string {
    return createHmac("sha256", this.#key).update(token).digest("hex").slice(0, 32);
  }
}

function splitCookie(cookie: string): { readonly token: string; readonly signature: string } {
  const [, token = cookie, signature = ""] = /^(.+)\.([0-9a-f]{32})$/.exec(cookie) ?? [];
  return { token, signature };
}
