/** The client behind a request. */
import { type Client, identifyClient } from "../../access/client.ts";
import { acceptsCookies, withTrustedCookies } from "../../access/origin.ts";
import type { RequestContext } from "./types.ts";

type ClientSource = Pick<RequestContext, "app" | "caller" | "cookies" | "origin" | "server">;

export function clientFor(request: Request, { app, caller, origin, server }: ClientSource): Client {
  const headers = withTrustedCookies(request.headers, origin);
  const client = identifyClient(headers, caller, server.requestIP(request)?.address ?? "", app.config);
  app.shares.record(client);
  app.audit.identify(caller);
  return client;
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
  const mayHaveCookie = known.kind === "anonymous" || known.kind === "browser";
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
