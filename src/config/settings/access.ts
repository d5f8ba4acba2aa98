import { integer, list, parseOrigin, rate, text, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Access");

export const accessGroup = {
  allowedOrigins: setting(
    list("ORIGIN,…", parseOrigin),
    [],
    "web origins besides the own one; * opens plain HTTP (without cookies) but never WebSockets",
    { env: ["ALLOWED_ORIGINS", "CORS_ORIGINS", "DASHBOARD_ORIGIN"] },
  ),
  allowedHosts: setting(list("HOST,…"), [], "Host names besides loopback and the bound one"),
  rateLimit: optional(
    rate(),
    "messages one client may send, as 10/minute, 1/second or 100/hour; a client is a browser, else an address",
    { env: ["RATE_LIMIT"] },
  ),
  trustedProxies: setting(
    integer({ min: 0, max: 10 }),
    0,
    "proxies in front that add whom they were called by to X-Forwarded-For, so that clients have addresses of their own",
  ),
  jwtSecret: optional(
    text("SECRET"),
    "whoever speaks the dashboard's chat needs a JWT that was signed with it (HS256); the other contracts ask for none",
    { env: ["JWT_SECRET"], secret: true },
  ),
  allowUnauthenticated: setting(
    toggle(),
    false,
    "listen beyond this machine although nobody is asked who they are",
  ),
};
