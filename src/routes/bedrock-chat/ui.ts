/** `GET {base}/ui` and the assets of the page below it. */
import { withPrefix } from "../../access/sign-in/return-path.ts";
import { isPageServed, uiPath } from "../../config/paths.ts";
import { chooseCoding, matchesEtag } from "../../page/accepts.ts";
import { policyOf } from "../../page/policy.ts";
import { browserRequest, redirectBrowser } from "../_http/browser-sign-in.ts";
import { isEncrypted } from "../_http/client.ts";
import type { Handler, Route } from "../_http/types.ts";

const serve: Handler = async (request, { app, cookies, url }) => {
  const path = url.pathname.slice(uiPath(app.config).length).replace(/^\//, "");
  const asset = await app.page(path);
  if (!asset) return Response.json({ detail: "Not Found" }, { status: 404 });
  const coding = chooseCoding(request.headers.get("accept-encoding"));
  const compressed = asset.compress(coding ?? "gzip");
  const isCompressed = coding !== undefined && compressed !== undefined;
  const { body, etag } = isCompressed ? compressed : asset;
  const headers = new Headers({
    "Content-Type": asset.contentType,
    ETag: etag,
    "Cache-Control": asset.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    "Content-Security-Policy": policyOf(path, app.config.allowedOrigins),
    "Referrer-Policy": "no-referrer",
    // A browser may resolve the hosts of links before a click, and a host can carry data.
    "X-DNS-Prefetch-Control": "off",
    ...(compressed && { Vary: "Accept-Encoding" }),
    ...(isCompressed && { "Content-Encoding": coding }),
  });
  const issued =
    path === "" ? cookies.issue(request.headers.get("cookie"), isEncrypted(request, url)) : undefined;
  if (issued) headers.set("Set-Cookie", issued.setCookie);
  if (matchesEtag(request.headers.get("if-none-match"), etag)) {
    headers.delete("Content-Encoding");
    return new Response(null, { status: 304, headers });
  }
  return new Response(body, { headers });
};

/** Redirects to the URL without the trailing slash, to which the page's assets are relative. The target is relative too, for proxies that add a prefix. */
const redirectToPage: Handler = (_request, { app, url }) => {
  const ui = uiPath(app.config);
  const Location = `../${ui.slice(ui.lastIndexOf("/") + 1)}${url.search}`;
  return new Response(null, { status: 308, headers: { Location } });
};

/**
 * Serves the page. A navigation whose session has expired goes to the OpenID provider first, which continues it without a
 * question where its own session lasts.
 */
const servePage: Handler = async (request, context) => {
  const { app, caller, url } = context;
  const isNavigation = (request.headers.get("sec-fetch-mode") ?? "navigate") === "navigate";
  const hasFailed = url.searchParams.has("sign_in");
  if (!app.signIn || caller.identity || !isNavigation || hasFailed) return await serve(request, context);
  const browser = browserRequest(request, context);
  if (!(await app.signIn.canContinueSilently(browser))) return await serve(request, context);
  const path = withPrefix(browser.publicUrl, `${url.pathname}${url.search}`);
  const { location, setCookies } = await app.signIn.begin(browser, path, true);
  return redirectBrowser(location, setCookies);
};

export const ui: Route = {
  path: uiPath,
  access: "public",
  methods: { GET: servePage },
  enabled: isPageServed,
};

export const uiAssets: Route = {
  ...ui,
  path: (config) => `${uiPath(config)}/*`,
  methods: {
    GET: (request, context) =>
      context.url.pathname === `${uiPath(context.app.config)}/`
        ? redirectToPage(request, context)
        : serve(request, context),
  },
};
