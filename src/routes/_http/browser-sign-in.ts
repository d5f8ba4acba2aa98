/** What the routes of sign-in share: the request of a browser, and its responses. */

import { userCaller } from "../../access/caller.ts";
import { publicUrlOf } from "../../access/public-url.ts";
import type {
  AccountUser,
  BrowserRequest,
  BrowserSession,
  BrowserSignIn,
} from "../../access/sign-in/types.ts";
import type { Caller, Identity } from "../../access/types.ts";
import { AppError } from "../../errors.ts";
import { isEncrypted } from "./client.ts";
import type { RequestContext } from "./types.ts";

const NEVER = Number.POSITIVE_INFINITY;

type SignInContext = Pick<RequestContext, "app" | "origin" | "url">;

/** Responses differ for each browser, and the address that the provider redirects to holds a code. */
const PRIVATE = { "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" };

/** Returns the sign-in of the server. @throws AppError `not_found` when the server needs no authentication. */
export function signInOf({ signIn }: SignInContext["app"]): BrowserSignIn {
  if (!signIn) throw new AppError("not_found", "This server needs no authentication.");
  return signIn;
}

/** Returns the request of a browser. Only the page of this server may sign in and out. @throws AppError `forbidden` */
export function browserRequest(request: Request, { app, origin, url }: SignInContext): BrowserRequest {
  if (origin !== "own") throw new AppError("forbidden", "Only the page of this server may sign in and out.");
  const secure = isEncrypted(request, url);
  const publicUrl = publicUrlOf(request.headers, secure, app.config);
  return { cookies: request.headers.get("cookie"), secure, publicUrl };
}

/** Writes into the audit log who has signed in. */
export function recordSignIn({ audit }: SignInContext["app"], identity: Identity): void {
  audit.identify(userCaller(identity));
  audit.record({ event: "administration", act: "signed_in", subject: identity.method });
}

/** Redirects the browser. The next request is a GET. */
export function redirectBrowser(location: string, setCookies: readonly string[]): Response {
  return withCookies(
    new Response(null, { status: 303, headers: { ...PRIVATE, Location: location } }),
    setCookies,
  );
}

/** Answers with JSON and cookies. */
export function respondToBrowser(body: object, setCookies: readonly string[] = [], status = 200): Response {
  return withCookies(Response.json(body, { status, headers: PRIVATE }), setCookies);
}

/** Encodes the caller for the page; null when it is not authenticated. */
export function encodeUser(
  caller: Caller,
  session: Pick<BrowserSession, "name" | "expiresAt"> | undefined,
  { authorizer, now }: Pick<SignInContext["app"], "authorizer" | "now">,
): AccountUser | null {
  const { id, identity } = caller;
  if (!identity) return null;
  const { user, keyName, organization = null, method } = identity;
  const expiresAt = Math.min(identity.expiresAt ?? NEVER, session?.expiresAt ?? NEVER);
  return {
    id,
    name: session?.name ?? keyName ?? user,
    organization,
    method,
    administrator: authorizer.permissionsFor(caller).administrates("usage"),
    expires_in: expiresAt === NEVER ? null : Math.max(0, expiresAt - now().getTime()) / 1000,
  };
}

function withCookies(response: Response, setCookies: readonly string[]): Response {
  for (const cookie of setCookies) response.headers.append("Set-Cookie", cookie);
  return response;
}
