/** Decides once for a request who its caller is, and whether it may use the route. */
import { userCaller } from "../access/caller.ts";
import { withTrustedCookies } from "../access/origin.ts";
import type { Caller } from "../access/types.ts";
import { AppError } from "../errors.ts";
import { isEncrypted } from "../routes/_http/client.ts";
import type { RequestContext, Route } from "../routes/_http/types.ts";

type UnidentifiedContext = Pick<RequestContext, "app" | "cookies" | "origin" | "server" | "url">;

/** Returns the caller of a request. @throws AppError `unauthorized` or `forbidden` */
export async function identifyCaller(
  request: Request,
  { access = "caller" }: Pick<Route, "access">,
  context: UnidentifiedContext,
): Promise<Caller> {
  const { app, cookies, origin, server, url } = context;
  const { authenticator, authorizer } = app;
  const headers = withTrustedCookies(request.headers, origin);
  const peer = server.requestIP(request)?.address ?? "";
  const identity = await authenticator.authenticate({ headers, peer });
  const caller = identity
    ? userCaller(identity)
    : cookies.read(headers.get("cookie"), isEncrypted(request, url));
  if (access === "public") return caller;
  if (authenticator.isRequired && !identity)
    throw new AppError("unauthorized", "Authentication is needed.", { reason: "no_credentials" });
  if (access === "administrator" && !authorizer.permissionsFor(caller).isAdministrator)
    throw new AppError("forbidden", "Only administrators may use this address.", {
      reason: "not_administrator",
    });
  return caller;
}
