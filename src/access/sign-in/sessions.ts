/** Writes the sessions of browsers into their cookies. */
import { SignInError } from "./problems.ts";
import type { ProviderTokens } from "./provider-client.ts";
import { createSession } from "./session.ts";
import type { BrowserSignInOptions, SignInProvider } from "./sign-in-options.ts";
import type { BrowserRequest, BrowserSession } from "./types.ts";

/** A session, and the cookies that hold it. */
export interface WrittenSession {
  readonly session: BrowserSession;
  readonly setCookies: readonly string[];
}

type SessionOptions = Pick<BrowserSignInOptions, "cookies" | "keepsAccessToken" | "limits" | "now" | "warn">;

/** Creates the session of a user of the provider. @throws SignInError, AppError `unauthorized` */
export async function writeUserSession(
  request: BrowserRequest,
  tokens: ProviderTokens,
  previous: Pick<BrowserSession, "identity" | "name" | "signedInAt"> | undefined,
  { readUser }: Pick<SignInProvider, "readUser">,
  options: SessionOptions,
): Promise<WrittenSession> {
  const { cookies, keepsAccessToken, limits, now } = options;
  const { accessLifetimeMs, claims, idToken, lifetimeMs, refreshToken } = tokens;
  const user = claims ? readUser(claims) : previous;
  if (!user?.identity) throw new SignInError("failed", "the provider has sent no ID token");
  const signedInAt = previous?.signedInAt ?? now();
  const renewal =
    refreshToken === undefined
      ? undefined
      : await cookies.writeRenewal(
          request,
          { refreshToken, ...(idToken !== undefined && { idToken }), signedInAt },
          limits.idleMs / 1000,
        );
  const session = createSession(
    {
      identity: user.identity,
      ...(user.name !== undefined && { name: user.name }),
      signedInAt,
      hasRefreshToken: renewal !== undefined,
      tokenLifetimeMs: keepsAccessToken ? Math.min(lifetimeMs, accessLifetimeMs) : lifetimeMs,
    },
    now(),
    limits,
  );
  const written = await writeSession(request, session, options);
  const access = await writeAccessToken(request, tokens, session, options);
  return { session, setCookies: [...written, ...(renewal ?? cookies.removeRenewal(request)), ...access] };
}

/** Returns the cookies of the access token, or those that remove an earlier one. */
async function writeAccessToken(
  request: BrowserRequest,
  { accessToken }: ProviderTokens,
  { expiresAt, identity, signedInAt }: BrowserSession,
  { cookies, keepsAccessToken, now, warn }: SessionOptions,
): Promise<readonly string[]> {
  if (!keepsAccessToken || !identity) return cookies.removeAccessToken(request);
  const { user, organization } = identity;
  const grant = { accessToken, user, ...(organization !== undefined && { organization }), signedInAt };
  const written = await cookies.writeAccessToken(request, grant, (expiresAt - now()) / 1000);
  if (!written) warn("the API gets no access token of the user", { detail: "it does not fit into a cookie" });
  return written ?? cookies.removeAccessToken(request);
}

/**
 * Returns the cookies of a session. That of a user lasts as long as sign-ins do, so that an expired one can be continued. That of a
 * credential lasts until the browser is closed.
 * @throws SignInError `too_large`
 */
export async function writeSession(
  request: BrowserRequest,
  session: BrowserSession,
  { cookies, limits, now }: Pick<SessionOptions, "cookies" | "limits" | "now">,
): Promise<readonly string[]> {
  const maxAge = session.identity && (session.signedInAt + limits.lifetimeMs - now()) / 1000;
  const written = await cookies.writeSession(request, session, maxAge);
  if (!written) throw new SignInError("too_large", "the identity does not fit into a cookie");
  return written;
}
