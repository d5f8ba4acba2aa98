/** Settings of sign-in on the page: the OpenID provider, and how long a session lasts. */
import { guard, list, number, oneOf, parseHttpUrl, repeated, secretText, text } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Access");

/** Parameters that the sign-in itself sets. */
const OWN_PARAMETERS =
  /^(client_id|code_challenge(_method)?|nonce|redirect_uri|response_(type|mode)|request(_uri)?|scope|state)=/i;

/** Parses an issuer. @throws Error whose message names the allowed values. */
function parseIssuer(entry: string): string {
  const url = URL.parse(entry);
  const isLocal = url !== null && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  const isAllowed = url?.protocol === "https:" || (url?.protocol === "http:" && isLocal);
  if (!isAllowed || url.search !== "" || url.hash !== "")
    throw new Error("an https URL such as https://login.example.com; http is for loopback only");
  // Part of the comparison with the issuer of tokens, so that a slash at the end stays.
  return entry;
}

/** @throws Error whose message names the allowed values. */
function parseParameter(entry: string): string {
  if (!/^[\w.-]+=/.test(entry) || OWN_PARAMETERS.test(entry))
    throw new Error("NAME=VALUE of a parameter that the sign-in does not set itself, such as prompt=login");
  return entry;
}

/** @throws Error whose message names the allowed values. */
function parseDomain(entry: string): string {
  if (!/^[^\s@/:]+\.[^\s@/:]+$/.test(entry)) throw new Error("a domain such as example.com");
  return entry.toLowerCase();
}

/** Parses a host with its port, if that is not 443. @throws Error whose message names the allowed values. */
function parseHost(entry: string): string {
  const url = /[/?#@\\]/.test(entry) ? null : URL.parse(`https://${entry}`);
  if (!url || url.host === "") throw new Error("a host such as tokens.example.com");
  return url.host;
}

export const signInGroup = {
  oidcIssuer: optional(
    guard({ placeholder: "URL", parse: parseIssuer }),
    "OpenID provider where users of the page sign in; authentication is required then",
  ),
  oidcClientId: optional(text("ID"), "client id of specchat at the OpenID provider"),
  oidcClientSecret: optional(
    secretText("SECRET"),
    "client secret of specchat at the OpenID provider; unset for a public client",
    { secret: true },
  ),
  oidcClientAuth: optional(
    oneOf(["basic", "post"]),
    "how the client secret is sent to the OpenID provider; basic, or post where the provider does not list basic, when unset",
  ),
  oidcScopes: setting(
    list("SCOPE,…"),
    ["openid", "profile", "email"],
    "scopes of the sign-in; many providers need offline_access to renew sessions without a redirect",
  ),
  oidcParameters: setting(
    repeated("NAME=VALUE", parseParameter),
    [],
    "further parameters of the sign-in request, such as prompt=select_account",
  ),
  oidcAllowedHosts: setting(
    list("HOST,…", parseHost),
    [],
    "hosts, beside the issuer's own, that the endpoints of the OpenID provider may be on",
  ),
  oidcAllowedDomains: setting(
    list("DOMAIN,…", parseDomain),
    [],
    "domains of verified email addresses that may sign in; all when empty",
  ),
  oidcAllowedOrganizations: setting(
    list("ID,…"),
    [],
    "organizations that may sign in, by the claim of the organization; all when empty",
  ),
  publicUrl: optional(
    { placeholder: "URL", parse: parseHttpUrl },
    "address of this server in browsers, with the path prefix of a proxy; from the Host header when unset",
  ),
  sessionIdle: setting(
    number({ min: 1, max: 10_080 }),
    60,
    "minutes without use after which a user of the page signs in again",
  ),
  sessionLifetime: setting(
    number({ above: 0, max: 8760 }),
    12,
    "hours after which a user of the page signs in again, with use or without",
  ),
};
