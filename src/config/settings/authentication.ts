/** Settings of authentication: API keys, tokens, and headers of load balancers and proxies. */
import {
  guard,
  integer,
  list,
  parseApiKey,
  parseIdentityHeader,
  parseNetwork,
  secretText,
  text,
} from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Access");

const ALGORITHM = /^([RPEH]S(256|384|512)|EdDSA|Ed25519)$/;

/** @throws Error whose message names the allowed values. */
function parseAlgorithm(entry: string): string {
  if (ALGORITHM.test(entry)) return entry;
  throw new Error("RS256, PS256, ES256 or HS256, the same with 384 or 512, EdDSA or Ed25519");
}

export const authenticationGroup = {
  apiKeysFile: optional(
    guard(text("FILE")),
    "file of the API keys that clients present; specchat keys adds to it and revokes in it, also while servers run",
  ),
  apiKeys: setting(
    guard(list("NAME:KEY,…", parseApiKey)),
    [],
    "further API keys, as NAME:KEY or NAME:ROLE+ROLE:KEY",
    { secret: true },
  ),
  jwtJwks: optional(
    guard(text("URL")),
    "address of the public keys (JWKS) that verify JWTs; needs --jwt-issuer and --jwt-audience",
  ),
  jwtKey: optional(
    guard(secretText("KEY")),
    "key that verifies JWTs: a public key as PEM, JWK or JWKS, or a secret of at least 32 bytes; needs --jwt-audience",
    { secret: true },
  ),
  jwtIssuer: optional(text("URL"), "issuer (iss) that tokens must have, exactly as it is written in them"),
  jwtAudience: setting(
    list("NAME,…"),
    [],
    "audiences (aud) of which tokens must have one; for tokens without aud, their client_id",
  ),
  jwtScopes: setting(
    list("SCOPE,…"),
    [],
    "scopes that MCP clients ask the issuer for; they are not checked, --jwt-roles-claim scope makes them roles",
  ),
  jwtAlgorithms: setting(
    list("ALG,…", parseAlgorithm),
    [],
    "accepted signature algorithms, such as RS256; all that fit the type of the key when unset, never none",
  ),
  jwtClockSkew: setting(
    integer({ min: 0, max: 300 }),
    30,
    "seconds by which the clocks of issuers may differ",
  ),
  jwtUserClaim: setting(
    list("CLAIM,…"),
    ["sub"],
    "claims that name the user, the first that a token has; a path such as a.b reaches into objects",
  ),
  jwtOrganizationClaim: optional(
    text("CLAIM"),
    "claim that names the organization of the user; tokens without it are refused",
  ),
  jwtRolesClaim: setting(
    list("CLAIM,…"),
    [],
    "claims that list roles, such as cognito:groups or realm_access.roles",
  ),
  albSigner: setting(
    guard(list("ARN,…")),
    [],
    "ARNs of the load balancers of AWS whose header x-amzn-oidc-data identifies users",
  ),
  albKeys: optional(
    text("URL"),
    "address of the public keys of these load balancers; that of their region when unset",
  ),
  identityHeaders: setting(
    guard(list("PART=HEADER,…", parseIdentityHeader)),
    [],
    "headers in which a trusted proxy names the user: user=X-Forwarded-User, organization=… and roles=…; needs --identity-proxies and --trusted-proxies",
  ),
  identityProxies: setting(
    list("ADDRESS,…", parseNetwork),
    [],
    "addresses and networks (10.0.0.0/8) of the proxies whose --identity-headers are accepted",
  ),
  metricsToken: optional(
    secretText("SECRET"),
    "bearer token that opens /metrics, and nothing else, when authentication is configured",
    { secret: true },
  ),
};
