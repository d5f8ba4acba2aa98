/** Reads the user of a request from the session cookie. */
import type { SessionToken } from "../authentication/types.ts";
import type { Identity } from "../types.ts";
import { hasSecureSession } from "./session-cookies.ts";
import type { BrowserSignIn } from "./types.ts";

/**
 * Returns the identity of the session, or the credential that the user has entered, which must be verified. Undefined without a
 * current session.
 */
export async function identifySession(
  signIn: Pick<BrowserSignIn, "readSession">,
  headers: Headers,
): Promise<Identity | SessionToken | undefined> {
  const cookies = headers.get("cookie");
  if (cookies === null) return undefined;
  const session = await signIn.readSession({ cookies, secure: isSecure(headers, cookies) });
  if (session?.credential === undefined) return session?.identity;
  return { token: session.credential, expiresAt: session.expiresAt };
}

/** Returns the access token of the session that an identity comes from, for APIs that receive it. */
export async function readAccessToken(
  signIn: Pick<BrowserSignIn, "readAccessToken"> | undefined,
  headers: Headers,
  identity: Identity | undefined,
): Promise<string | undefined> {
  const cookies = headers.get("cookie");
  if (cookies === null || identity?.method !== "oidc") return undefined;
  return await signIn?.readAccessToken({ cookies, secure: isSecure(headers, cookies) }, identity);
}

/** Only an encrypted page can set and send the cookie with the prefix. Behind it, no other cookie counts. */
function isSecure(headers: Headers, cookies: string): boolean {
  return /^https\b/i.test(headers.get("x-forwarded-proto") ?? "") || hasSecureSession(cookies);
}
