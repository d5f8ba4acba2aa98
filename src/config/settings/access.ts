/** Settings of access: origins, hosts, limits, proxies and secrets. */
import { guard, integer, limits, list, parseOrigin, rates, secretText, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Access");

export const accessGroup = {
  allowedOrigins: setting(
    list("ORIGIN,…", parseOrigin),
    [],
    "origins allowed in addition to the server's own, also of other schemes (tauri://localhost, vscode-webview://*) and null; * allows any origin for HTTP without cookies, never for WebSockets",
    { env: ["ALLOWED_ORIGINS", "CORS_ORIGINS", "DASHBOARD_ORIGIN"] },
  ),
  allowedHosts: setting(
    list("HOST,…"),
    [],
    "accepted Host names, in addition to loopback and the bound address",
  ),
  rateLimit: optional(
    rates(),
    "message limits per client, such as 10/minute or 10/minute,200/day; a client is a user, else an IP address, or a browser whose cookie is older than the period",
    { env: ["RATE_LIMIT"] },
  ),
  callerLimits: setting(
    limits(),
    [],
    "limits of each client, as of --rate-limit: requests (10/minute), concurrent turns (2 turns), tokens and US dollars (100000 tokens/day, 5 USD/month); days and months are those of UTC",
  ),
  keyLimits: setting(
    limits(),
    [],
    "limits of each API key, over all its users, in the form of --caller-limits",
  ),
  organizationLimits: setting(limits(), [], "limits of each organization, over all its users and keys"),
  addressLimits: setting(
    limits(),
    [],
    "limits of each IP address, or of each /64 network of IPv6, for all who ask from there",
  ),
  authFailureLimit: setting(
    rates(),
    "60/minute",
    "failed authentications of each IP address, or of each /64 network of IPv6; further wrong credentials get 429, right ones are accepted",
  ),
  serverLimits: setting(limits(), [], "limits of all clients together"),
  trustedProxies: setting(
    integer({ min: 0, max: 10 }),
    0,
    "number of trusted reverse proxies that append to X-Forwarded-For, the source of client addresses",
  ),
  cookieSecret: optional(
    secretText("SECRET"),
    "secret that signs the cookies of browsers, the same for all replicas; a file in --data-dir when unset, or with a shared store its address",
    { env: ["COOKIE_SECRET"], secret: true },
  ),
  jwtSecret: optional(
    guard(secretText("SECRET")),
    "secret of the JWTs (HS256) that the dashboard protocol requires; the other protocols require none",
    { env: ["JWT_SECRET"], secret: true },
  ),
  allowUnauthenticated: setting(toggle(), false, "listen on a non-loopback address without authentication"),
};
