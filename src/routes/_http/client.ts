/** Who asks over a route. */
import { issueBrowserCaller } from "../../access/caller.ts";
import { type Client, identifyClient } from "../../access/client.ts";
import { acceptsCookies } from "../../access/origin.ts";
import type { RequestContext } from "./types.ts";

type ClientSource = Pick<RequestContext, "app" | "caller" | "server">;

export function clientFor(request: Request, { app, caller, server }: ClientSource): Client {
  return identifyClient(request, caller, server.requestIP(request)?.address ?? "", app.config);
}

/**
 * The same where a session may begin that is theirs: a browser is known by our cookie from now on, which `headers` of the response
 * set. Nowhere else, since of two answers to a page's first requests the later cookie would win, and what began with the other be
 * nobody's.
 */
export function clientWithCookie(
  request: Request,
  context: ClientSource & Pick<RequestContext, "origin" | "url">,
): { readonly client: Client; readonly headers: Readonly<Record<string, string>> } {
  const isNew = context.caller.kind === "anonymous" && acceptsCookies(request.headers, context.origin);
  if (!isNew) return { client: clientFor(request, context), headers: {} };
  const { caller, setCookie } = issueBrowserCaller(isEncrypted(request, context.url));
  return { client: clientFor(request, { ...context, caller }), headers: { "Set-Cookie": setCookie } };
}

/** On its way from the browser: a proxy may have ended TLS. */
export function isEncrypted(request: Request, { protocol }: URL): boolean {
  return /^https\b/i.test(request.headers.get("x-forwarded-proto") ?? protocol);
}
