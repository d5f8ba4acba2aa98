/** `GET {base}/ui` and what the page loads from below it. */
import { newBrowserCaller } from "../../access/caller.ts";
import { uiPath } from "../../config/paths.ts";
import { PAGE_POLICY } from "../../page/policy.ts";
import type { Handler, Route } from "../types.ts";

const serve: Handler = async (request, { app, caller, url }) => {
  const path = url.pathname.slice(uiPath(app.config).length).replace(/^\//, "");
  const asset = await app.page(path);
  if (!asset) return Response.json({ detail: "Not Found" }, { status: 404 });
  const headers = new Headers({
    "Content-Type": asset.contentType,
    ETag: asset.etag,
    "Cache-Control": asset.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    "Content-Security-Policy": PAGE_POLICY,
    "Referrer-Policy": "no-referrer",
  });
  if (path === "" && caller.kind !== "browser") {
    headers.set("Set-Cookie", newBrowserCaller(url.protocol === "https:").setCookie);
  }
  if (request.headers.get("if-none-match") === asset.etag)
    return new Response(null, { status: 304, headers });
  return new Response(asset.body, { headers });
};

export const ui: Route = {
  path: uiPath,
  methods: { GET: serve },
  enabled: ({ enableUi }) => enableUi,
};

export const uiAssets: Route = { ...ui, path: (config) => `${uiPath(config)}/*` };
