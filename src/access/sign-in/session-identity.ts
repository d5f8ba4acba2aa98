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
  // Only an encrypted page can set and send the cookie with the prefix. Behind it, no other cookie counts.
  const secure = /^https\b/i.test(headers.get("x-forwarded-proto") ?? "") || hasSecureSession(cookies);
  const session = await signIn.readSession({ cookies, secure });
  if (session?.credential === undefined) return session?.identity;
  return { token: session.credential, expiresAt: session.expiresAt };
}
