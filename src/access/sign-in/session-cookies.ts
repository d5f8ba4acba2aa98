/** The sealed cookies of a browser: its session, what renews the session, and the sign-ins that are under way. */
import { hashShort } from "../short-hash.ts";
import { type CookieAttributes, cookieName, readCookie, removeCookie, writeCookie } from "./cookie-jar.ts";
import type { FlowSecrets } from "./provider-client.ts";
import { withPrefix } from "./return-path.ts";
import { createSealer } from "./seal.ts";
import type { BrowserRequest, BrowserSession } from "./types.ts";

/** What renews a session. Only the addresses of sign-in receive it. */
export interface RenewalGrant {
  readonly refreshToken?: string;
  /** For the sign-out at the provider. */
  readonly idToken?: string;
  readonly signedInAt: number;
}

/** The access token of a user, for APIs that receive it, and the session that it belongs to. */
export interface AccessGrant {
  readonly accessToken: string;
  readonly user: string;
  readonly organization?: string;
  readonly signedInAt: number;
}

/** A sign-in that is under way. */
export interface SignInFlow {
  readonly secrets: FlowSecrets;
  readonly redirectUri: string;
  readonly returnPath: string;
  readonly isSilent: boolean;
  /** Unix time in milliseconds. */
  readonly startedAt: number;
}

type Purpose = "session" | "renewal" | "access" | "flow";
type CookieRequest = Pick<BrowserRequest, "cookies" | "secure">;

const SESSION = "specchat_session";
const RENEWAL = "specchat_renewal";
const ACCESS = "specchat_access";
const FLOW = "specchat_sign_in_";
/** A sign-in takes at most this long, in seconds. */
export const FLOW_LIFETIME_S = 600;
/** Sign-ins of one browser at the same time. */
const MAX_FLOWS = 5;
/** A session is in one cookie, which every request carries. */
const MAX_SESSION = 3800;
/** Common proxies accept a Cookie header of 8,192 bytes, which also holds the session and cookies of others. */
const MAX_RENEWAL = 6000;
/** Every request carries it beside the session. */
const MAX_ACCESS = 4000;
/** The characters of a bearer token: RFC 6750, section 2.1. */
const BEARER = /^[\w.~+/=-]+$/;

export class SessionCookies {
  readonly #sealers: Readonly<Record<Purpose, ReturnType<typeof createSealer>>>;
  readonly #accountPath: string;

  /** @param accountPath the path below which renewal and sign-out are. */
  constructor(key: string, accountPath: string) {
    const seal = (purpose: string) => createSealer(key, `sign-in ${purpose}`);
    this.#sealers = {
      session: seal("session"),
      renewal: seal("renewal"),
      access: seal("access"),
      flow: seal("flow"),
    };
    this.#accountPath = accountPath;
  }

  // The content was sealed by this class, so it has the type.
  async readSession(request: CookieRequest): Promise<BrowserSession | undefined> {
    return (await this.#open("session", request.cookies, sessionCookie(request))) as
      | BrowserSession
      | undefined;
  }

  async readRenewal(request: CookieRequest): Promise<RenewalGrant | undefined> {
    const name = cookieName(RENEWAL, { path: this.#accountPath, secure: request.secure });
    return (await this.#open("renewal", request.cookies, name)) as RenewalGrant | undefined;
  }

  async readAccessToken(request: CookieRequest): Promise<AccessGrant | undefined> {
    return (await this.#open("access", request.cookies, accessCookie(request))) as AccessGrant | undefined;
  }

  async readFlow(request: CookieRequest, state: string): Promise<SignInFlow | undefined> {
    return (await this.#open("flow", request.cookies, flowCookie(state, request))) as SignInFlow | undefined;
  }

  /** Returns undefined when the session does not fit into a cookie. @param maxAge seconds; undefined until the browser is closed. */
  async writeSession(
    request: CookieRequest,
    session: BrowserSession,
    maxAge: number | undefined,
  ): Promise<readonly string[] | undefined> {
    const value = await this.#sealers.session.seal(session);
    if (value.length > MAX_SESSION) return undefined;
    return writeCookie(request.cookies, sessionCookie(request), value, {
      ...rootOf(request),
      ...(maxAge !== undefined && { maxAge }),
    });
  }

  /** Leaves the ID token out when both do not fit. Returns undefined when the refresh token alone does not. */
  async writeRenewal(
    request: BrowserRequest,
    grant: RenewalGrant,
    maxAge: number,
  ): Promise<readonly string[] | undefined> {
    const { idToken: _, ...withoutIdToken } = grant;
    for (const candidate of [grant, withoutIdToken]) {
      const value = await this.#sealers.renewal.seal(candidate);
      if (value.length > MAX_RENEWAL) continue;
      const attributes = { ...this.#renewalOf(request), maxAge };
      return writeCookie(request.cookies, cookieName(RENEWAL, attributes), value, attributes);
    }
    return undefined;
  }

  /** Returns undefined when the token does not fit, or is none that a header can carry. */
  async writeAccessToken(
    request: CookieRequest,
    grant: AccessGrant,
    maxAge: number,
  ): Promise<readonly string[] | undefined> {
    if (!BEARER.test(grant.accessToken)) return undefined;
    const value = await this.#sealers.access.seal(grant);
    if (value.length > MAX_ACCESS) return undefined;
    return writeCookie(request.cookies, accessCookie(request), value, { ...rootOf(request), maxAge });
  }

  async writeFlow(request: CookieRequest, flow: SignInFlow): Promise<readonly string[]> {
    const value = await this.#sealers.flow.seal(flow);
    const attributes = { ...rootOf(request), maxAge: FLOW_LIFETIME_S };
    const written = writeCookie(request.cookies, flowCookie(flow.secrets.state, request), value, attributes);
    return [...this.#removeOldFlows(request), ...written];
  }

  removeFlow(request: CookieRequest, state: string): readonly string[] {
    return removeCookie(request.cookies, flowCookie(state, request), rootOf(request));
  }

  /** Removes the session and its tokens. */
  removeSession(request: BrowserRequest): readonly string[] {
    return [
      ...removeCookie(request.cookies, sessionCookie(request), rootOf(request)),
      ...this.removeRenewal(request),
      ...this.removeAccessToken(request),
    ];
  }

  removeRenewal(request: BrowserRequest): readonly string[] {
    const attributes = this.#renewalOf(request);
    return removeCookie(request.cookies, cookieName(RENEWAL, attributes), attributes);
  }

  removeAccessToken(request: CookieRequest): readonly string[] {
    return removeCookie(request.cookies, accessCookie(request), rootOf(request));
  }

  #removeOldFlows(request: CookieRequest): readonly string[] {
    const prefix = cookieName(FLOW, rootOf(request));
    const names = [...new Bun.CookieMap(request.cookies ?? "").keys()].filter((name) =>
      name.startsWith(prefix),
    );
    if (names.length < MAX_FLOWS) return [];
    return names.flatMap((name) => removeCookie(request.cookies, name, rootOf(request)));
  }

  #renewalOf({ publicUrl, secure }: BrowserRequest): CookieAttributes {
    return { path: withPrefix(publicUrl, this.#accountPath), secure };
  }

  async #open(purpose: Purpose, cookies: string | null, name: string): Promise<unknown> {
    const text = readCookie(cookies, name);
    return text === undefined ? undefined : await this.#sealers[purpose].open(text);
  }
}

/** Returns whether a Cookie header comes from an encrypted page. */
export function hasSecureSession(cookies: string): boolean {
  return new Bun.CookieMap(cookies).has(sessionCookie({ cookies, secure: true }));
}

function rootOf({ secure }: CookieRequest): CookieAttributes {
  return { path: "/", secure };
}

function sessionCookie(request: CookieRequest): string {
  return cookieName(SESSION, rootOf(request));
}

function accessCookie(request: CookieRequest): string {
  return cookieName(ACCESS, rootOf(request));
}

/** Each sign-in has a cookie of its own, so that two tabs can sign in at the same time. */
function flowCookie(state: string, request: CookieRequest): string {
  return cookieName(`${FLOW}${hashShort(state).slice(0, 8)}`, rootOf(request));
}
