/** The client behind a request. */
import { readSubprotocol } from "../../access/authentication/presented.ts";
import { type Client, identifyClient } from "../../access/client.ts";
import { acceptsCookies, withTrustedCookies } from "../../access/origin.ts";
import { AppError } from "../../errors.ts";
import type { RequestContext } from "./types.ts";

type ClientSource = Pick<
  RequestContext,
  "accessToken" | "app" | "caller" | "cookies" | "onLimits" | "origin" | "server"
>;

/** @param forwardsToken false when the token that identifies the caller is for this server alone, also where a setting forwards it. */
export function clientFor(
  request: Request,
  { accessToken, app, caller, onLimits, origin, server }: ClientSource,
  forwardsToken = true,
): Client {
  const headers = withTrustedCookies(request.headers, origin);
  const { authenticator } = app;
  const hidden = !forwardsToken && caller.identity?.method === "jwt" ? headers.get("authorization") : null;
  const token = readSubprotocol(headers)?.token ?? (forwardsToken ? accessToken : undefined);
  const client = identifyClient(headers, caller, server.requestIP(request)?.address ?? "", app.config, {
    owns: (value) => value === hidden || authenticator.ownsCredential(value),
    token,
  });
  app.shares.record(client);
  app.audit.identify(caller);
  return { ...client, onLimits };
}

/**
 * Returns the client, and gives a new browser a cookie to recognise it by, or a known one a new date: `headers` set it on the response. Only requests that may
 * start a session do this. A page sends several first requests at once; of two cookies the later one would win, and sessions that
 * started with the other would have no owner.
 */
export function clientWithCookie(
  request: Request,
  context: ClientSource & Pick<RequestContext, "url">,
): { readonly client: Client; readonly headers: Readonly<Record<string, string>> } {
  const { caller: known, cookies } = context;
  const isKind = known.kind === "anonymous" || known.kind === "browser";
  const mayHaveCookie = isKind && !context.app.authenticator.isRequired;
  const issued =
    mayHaveCookie && acceptsCookies(request.headers, context.origin)
      ? cookies.issue(request.headers.get("cookie"), isEncrypted(request, context.url))
      : undefined;
  if (!issued) return { client: clientFor(request, context), headers: {} };
  const { caller, setCookie } = issued;
  return { client: clientFor(request, { ...context, caller }), headers: { "Set-Cookie": setCookie } };
}

/** Returns whether the browser used TLS, which a proxy may have terminated. */
export function isEncrypted(request: Request, { protocol }: URL): boolean {
  return /^https\b/i.test(request.headers.get("x-forwarded-proto") ?? protocol);
}

/** Refuses a caller without an identity when authentication is configured. @throws AppError `unauthorized` */
export function requireIdentity({ app, caller }: Pick<RequestContext, "app" | "caller">): void {
  if (!app.authenticator.isRequired || caller.identity) return;
  throw new AppError("unauthorized", "Authentication is needed.", { reason: "no_credentials" });
}
