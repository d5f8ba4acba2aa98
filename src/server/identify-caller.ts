/** Decides once for a request who its caller is, and whether it may use the route. */
import { timingSafeEqual } from "node:crypto";
import { userCaller } from "../access/caller.ts";
import { addressOf } from "../access/client-address.ts";
import { withTrustedCookies } from "../access/origin.ts";
import { readAccessToken } from "../access/sign-in/session-identity.ts";
import type { Caller, Identity } from "../access/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import { isEncrypted, requireIdentity } from "../routes/_http/client.ts";
import type { RequestContext, Route } from "../routes/_http/types.ts";
import { checkProtocol } from "./check-protocol.ts";

type UnidentifiedContext = Pick<RequestContext, "app" | "cookies" | "origin" | "server" | "url">;

/** Returns the caller of a request. @throws AppError `unauthorized` or `forbidden` */
export async function identifyCaller(
  request: Request,
  route: Route,
  context: UnidentifiedContext,
): Promise<Pick<RequestContext, "accessToken" | "caller" | "refusal" | "authorize">> {
  const { app, cookies, origin, url } = context;
  const headers = withTrustedCookies(request.headers, origin);
  const isSocket = route.opensSocket !== undefined && headers.has("upgrade");
  const authorize = createAuthorize(route, isSocket, app);
  const anonymous = () => cookies.read(headers.get("cookie"), isEncrypted(request, url));
  if (holdsSecret(headers, route.bearerSecret?.(app.config))) return { caller: anonymous(), authorize };
  let identity: Identity | undefined;
  try {
    identity = await authenticate(request, headers, route, context);
  } catch (error) {
    if (route.access === "public" && !isSocket && error instanceof AppError)
      return { caller: anonymous(), authorize };
    // A browser hides a refused upgrade from its page, so the page learns it over the socket.
    const isForPage = isSocket && headers.has("origin") && error instanceof AppError;
    if (!isForPage || !["unauthorized", "rate_limited"].includes(error.code)) throw error;
    return { caller: anonymous(), refusal: error, authorize };
  }
  const caller = identity ? userCaller(identity) : anonymous();
  // First, so that a refusal is recorded with its caller.
  app.audit.identify(caller);
  // A client that opens a socket may still present a token over it.
  if (isSocket && !identity && app.authenticator.isRequired) return { caller, authorize };
  authorize(caller);
  return { caller, authorize, accessToken: await readAccessToken(app.signIn, headers, identity) };
}

/** Returns the check of a caller. A socket keeps it, so it keeps nothing of the request. */
function createAuthorize(route: Route, isSocket: boolean, app: App): RequestContext["authorize"] {
  return (caller) => authorizeCaller(caller, route, isSocket, app);
}

/** @throws AppError `unauthorized` or `forbidden` when the caller may not use the route */
function authorizeCaller(caller: Caller, route: Route, isSocket: boolean, app: App): void {
  if (route.access === "public" && !isSocket) return;
  requireIdentity({ app, caller });
  if (route.access === "administrator" && !app.authorizer.permissionsFor(caller).administrates("usage"))
    throw new AppError("forbidden", "Only administrators may use this address.", {
      reason: "not_administrator",
    });
  checkProtocol(route, isSocket, app, caller);
}

/** A token of the Authorization header wins over one of the query. */
async function authenticate(
  request: Request,
  headers: Headers,
  { tokenParameter }: Route,
  { app, server, url }: UnidentifiedContext,
): Promise<Identity | undefined> {
  if (!app.authenticator.isRequired) return undefined;
  const isNamed = tokenParameter !== undefined && !headers.has("authorization");
  const token = isNamed ? url.searchParams.get(tokenParameter) : undefined;
  const peer = server.requestIP(request)?.address ?? "";
  const address = addressOf(headers, peer, app.config.trustedProxies);
  return await app.authenticator.authenticate({ headers, peer, address, ...(token && { token }) });
}

function holdsSecret(headers: Headers, secret: string | undefined): boolean {
  if (secret === undefined) return false;
  const presented = Buffer.from(headers.get("authorization")?.replace(/^Bearer +/i, "") ?? "");
  const expected = Buffer.from(secret);
  return presented.length === expected.length && timingSafeEqual(presented, expected);
}
