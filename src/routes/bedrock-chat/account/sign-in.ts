/**
 * `GET {base}/account/sign-in`: redirects to the OpenID provider. `POST`: signs in with an API key or a token. The key stays in a
 * sealed cookie, which scripts cannot read, and is checked with each request.
 */
import { z } from "zod";
import { userCaller } from "../../../access/caller.ts";
import { addressOf } from "../../../access/client-address.ts";
import { accountPath, isPageServed } from "../../../config/paths.ts";
import { AppError } from "../../../errors.ts";
import {
  browserRequest,
  encodeUser,
  recordSignIn,
  redirectBrowser,
  respondToBrowser,
  signInOf,
} from "../../_http/browser-sign-in.ts";
import { readJson } from "../../_http/json-body.ts";
import type { Handler, Route } from "../../_http/types.ts";

const Body = z.object({ key: z.string().trim().min(1).max(4000) });

const begin: Handler = async (request, context) => {
  const { searchParams } = context.url;
  const { location, setCookies } = await signInOf(context.app).begin(
    browserRequest(request, context),
    searchParams.get("return"),
    searchParams.has("silent"),
  );
  return redirectBrowser(location, setCookies);
};

const signInWithKey: Handler = async (request, context) => {
  const { app, server } = context;
  const signIn = signInOf(app);
  const browser = browserRequest(request, context);
  const { key } = readJson(context, Body);
  const peer = server.requestIP(request)?.address ?? "";
  const address = addressOf(request.headers, peer, app.config.trustedProxies);
  const headers = new Headers();
  const identity = await app.authenticator.authenticate({ headers, peer, address, token: key });
  if (!identity) throw new AppError("unauthorized", "The key is not known.", { reason: "unknown_key" });
  const { session, setCookies } = await signIn.startWithCredential(browser, key);
  recordSignIn(app, identity);
  return respondToBrowser({ user: encodeUser(userCaller(identity), session, app) }, setCookies);
};

export const signIn: Route = {
  path: (config) => `${accountPath(config)}/sign-in`,
  access: "public",
  enabled: isPageServed,
  methods: { GET: begin, POST: signInWithKey },
};
