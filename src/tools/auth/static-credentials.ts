/** Reads the credentials of the settings. */
import type { SecurityScheme } from "../../openapi/types.ts";
import { getOwn } from "../schema/schema.ts";
import { isPasswordScheme } from "./digest.ts";
import type { StaticCredential } from "./types.ts";

/**
 * Reads `SCHEME: VALUE` lines. The value depends on the document's scheme: a key or token, `user:password` for basic and digest,
 * `client-id:client-secret` for OAuth2 and OpenID Connect (a value without a colon is a token).
 * @throws Error with the scheme and the expected value. It never contains the value.
 */
export function readCredentials(
  lines: readonly string[],
  schemes: Readonly<Record<string, SecurityScheme>>,
): Record<string, StaticCredential> {
  return Object.fromEntries(lines.map((line) => readLine(line, schemes)));
}

function readLine(
  line: string,
  schemes: Readonly<Record<string, SecurityScheme>>,
): [name: string, credential: StaticCredential] {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(0, colon)).trim();
  const value = line.slice(colon + 1).trim();
  const scheme = getOwn(schemes, name);
  if (colon <= 0 || value === "") throw new Error("a credential must have the form SCHEME: VALUE");
  if (!scheme) {
    const known = Object.keys(schemes).join(", ") || "none";
    throw new Error(`the document has no security scheme "${name}"; known: ${known}`);
  }
  const credential = parseCredential(scheme, value);
  if (!credential) throw new Error(`"${name}" (${scheme.type}) takes ${EXPECTED_VALUES[scheme.type]}`);
  return [name, credential];
}

function parseCredential(scheme: SecurityScheme, value: string): StaticCredential | undefined {
  const colon = value.indexOf(":");
  const before = value.slice(0, Math.max(0, colon));
  const after = value.slice(colon + 1);
  if (scheme.type === "apiKey") return { type: "apiKey", value };
  if (scheme.type === "http") {
    if (!isPasswordScheme(scheme)) return { type: "bearer", token: value };
    return colon < 0 ? undefined : { type: "basic", username: before, password: after };
  }
  if (scheme.type === "oauth2" || scheme.type === "openIdConnect") {
    if (colon < 0) return { type: "bearer", token: value };
    return before && after ? { type: "client", clientId: before, clientSecret: after } : undefined;
  }
  return undefined;
}

const EXPECTED_VALUES: Readonly<Record<SecurityScheme["type"], string>> = {
  apiKey: "the key",
  http: "the token, or user:password for basic and digest",
  oauth2: "client-id:client-secret, or a token",
  openIdConnect: "client-id:client-secret, or a token",
  mutualTLS: "no value; set its certificate with --api-client-cert",
  unknown: "no value; this type of scheme is not supported",
};
