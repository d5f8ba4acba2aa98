/** Issues and reads the cookie that identifies a browser. It is signed: a value that this server did not issue is nobody's. */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { browserCaller } from "./caller.ts";
import type { Caller, CallerId } from "./types.ts";

const COOKIE = "specchat_caller";
/** The name where the connection is encrypted. No other host and no plain page can set it: RFC 6265bis, section 4.1.3.2. */
const HOST_COOKIE = `__Host-${COOKIE}`;
/** Browsers keep a cookie for 400 days at most: RFC 6265bis, section 5.5. */
const MAX_AGE_SECONDS = 400 * 86_400;
/** The age in milliseconds from which a visit renews a cookie, unless conversations are kept for a shorter time. */
const RENEW_MS = 86_400_000;

export interface CallerCookieOptions {
  /** The secret of the signatures, the same for all processes that serve the same sessions. */
  readonly key: string;
  readonly retentionHours: number;
  /** Returns milliseconds. */
  readonly now: () => number;
}

/** Times are Unix times in milliseconds. */
interface IssuedCookie {
  readonly token: string;
  /** The first visit of the browser. */
  readonly issuedAt: number;
  readonly renewedAt: number;
}

export class CallerCookies {
  readonly #options: CallerCookieOptions;

  constructor(options: CallerCookieOptions) {
    this.#options = options;
  }

  /** Returns the caller of a request by its Cookie header. @param secure whether the connection is encrypted. */
  read(cookieHeader: string | null, secure: boolean): Caller {
    const issued = this.#find(cookieHeader, secure);
    if (!issued) return { id: `anonymous:${randomUUID()}` as CallerId, kind: "anonymous" };
    return callerOf(issued);
  }

  /**
   * Returns a caller with the Set-Cookie header that identifies it in later requests. A known browser keeps its identity, and
   * its cookie lasts as long again. Undefined when a known cookie is not due for that.
   */
  issue(
    cookieHeader: string | null,
    secure: boolean,
  ): { readonly caller: Caller; readonly setCookie: string } | undefined {
    const { retentionHours, now } = this.#options;
    const issued = this.#find(cookieHeader, secure);
    const retentionMs = retentionHours * 3_600_000;
    if (issued && now() - issued.renewedAt < Math.min(RENEW_MS, retentionMs / 10)) return undefined;
    const cookie = issued ?? { token: randomUUID(), issuedAt: now() };
    const payload = `${cookie.token}.${cookie.issuedAt.toString(36)}.${now().toString(36)}`;
    const setCookie = new Bun.Cookie(secure ? HOST_COOKIE : COOKIE, `${payload}.${this.#sign(payload)}`, {
      path: "/",
      httpOnly: true,
      sameSite: "strict",
      secure,
      maxAge: Math.min(MAX_AGE_SECONDS, Math.ceil(retentionMs / 1000)),
    });
    return { caller: callerOf(cookie), setCookie: setCookie.serialize() };
  }

  /** Reads the cookie of the connection's own name alone. Of two names, neither is taken for the other. */
  #find(cookieHeader: string | null, secure: boolean): IssuedCookie | undefined {
    const cookie = cookieHeader && new Bun.CookieMap(cookieHeader).get(secure ? HOST_COOKIE : COOKIE);
    const [, payload = "", token = "", issued = "", renewed = "", signature = ""] =
      /^(([\da-f-]{36})\.([\da-z]{1,12})\.([\da-z]{1,12}))\.([\da-f]{64})$/.exec(cookie || "") ?? [];
    if (signature === "") return undefined;
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(payload)))) return undefined;
    return { token, issuedAt: Number.parseInt(issued, 36), renewedAt: Number.parseInt(renewed, 36) };
  }

  #sign(payload: string): string {
    return createHmac("sha256", this.#options.key).update(payload).digest("hex");
  }
}

function callerOf({ token, issuedAt }: Pick<IssuedCookie, "token" | "issuedAt">): Caller {
  return { ...browserCaller(token), issuedAt };
}
