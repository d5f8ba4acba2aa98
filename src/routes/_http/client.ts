/** Who asks over a route. */
import { newBrowserCaller } from "../../access/caller.ts";
import { type Client, clientOf } from "../../access/client.ts";
import { keepsCookies } from "../../access/origin.ts";
import type { Visit } from "./types.ts";

type Visitor = Pick<Visit, "app" | "caller" | "server">;

export function visitorOf(request: Request, { app, caller, server }: Visitor): Client {
  return clientOf(request, caller, server.requestIP(request)?.address ?? "", app.config);
}

/**
 * The same where a session may begin that is theirs: a browser is known by our cookie from now on, which `headers` of the response
 * set. Nowhere else, since of two answers to a page's first requests the later cookie would win, and what began with the other be
 * nobody's.
 */
export function ownerOf(
  request: Request,
  visit: Visitor & Pick<Visit, "origin" | "url">,
): { readonly client: Client; readonly headers: Readonly<Record<string, string>> } {
  const isNew = visit.caller.kind === "anonymous" && keepsCookies(request.headers, visit.origin);
  if (!isNew) return { client: visitorOf(request, visit), headers: {} };
  const { caller, setCookie } = newBrowserCaller(isEncrypted(request, visit.url));
  return { client: visitorOf(request, { ...visit, caller }), headers: { "Set-Cookie": setCookie } };
}

/** On its way from the browser: a proxy may have ended TLS. */
export function isEncrypted(request: Request, { protocol }: URL): boolean {
  return /^https\b/i.test(request.headers.get("x-forwarded-proto") ?? protocol);
}
