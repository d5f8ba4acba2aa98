/** Answers the challenges of HTTP Digest authentication: RFC 7616. */
import { createHash } from "node:crypto";
import type { SecurityScheme } from "../../openapi/types.ts";
import type { ToolRequest } from "../http/types.ts";
import type { CredentialValue } from "./types.ts";

export type DigestCredential = Extract<CredentialValue, { type: "basic" }>;

export function isDigest(scheme: SecurityScheme): boolean {
  return scheme.type === "http" && scheme.scheme.toLowerCase() === "digest";
}

/** Checks for a scheme whose credential is a user name and a password. */
export function isPasswordScheme(scheme: SecurityScheme): boolean {
  return isDigest(scheme) || (scheme.type === "http" && scheme.scheme.toLowerCase() === "basic");
}

/** Hash algorithms by the names of RFC 7616, without `-sess`. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ["md5", "md5"],
  ["sha-256", "sha256"],
  ["sha-512-256", "sha512-256"],
]);

/**
 * Returns the `Authorization` header for the first challenge that can be answered; undefined when there is none.
 * @param header All values of `WWW-Authenticate`, separated by commas.
 * @param cnonce A random text.
 */
export function answerDigestChallenge(
  header: string,
  { username, password }: DigestCredential,
  request: ToolRequest,
  cnonce: string,
): string | undefined {
  for (const challenge of parseChallenges(header)) {
    const algorithm = challenge.get("algorithm") ?? "MD5";
    const name = ALGORITHMS.get(algorithm.toLowerCase().replace(/-sess$/, ""));
    const { realm = "", nonce, qop, opaque } = Object.fromEntries(challenge);
    const qualities = qop?.split(",").map((one) => one.trim().toLowerCase());
    const quality = qualities && ["auth", "auth-int"].find((one) => qualities.includes(one));
    const body = request.body ?? "";
    const isHashable = typeof body === "string" || body instanceof Uint8Array;
    if (name === undefined || nonce === undefined || (qualities && !quality)) continue;
    if (quality === "auth-int" && !isHashable) continue;
    const hash = (content: string | Uint8Array) => createHash(name).update(content).digest("hex");
    const { pathname, search } = new URL(request.url);
    const uri = `${pathname}${search}`;
    const secret = hash(`${username}:${realm}:${password}`);
    const key = /-sess$/i.test(algorithm) ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
    const bodyHash = quality === "auth-int" && isHashable ? `:${hash(body)}` : "";
    const target = hash(`${request.method}:${uri}${bodyHash}`);
    const isHashedName = challenge.get("userhash")?.toLowerCase() === "true";
    const fields = [
      `username=${quote(isHashedName ? hash(`${username}:${realm}`) : username)}`,
      `realm=${quote(realm)}`,
      `nonce=${quote(nonce)}`,
      `uri=${quote(uri)}`,
      ...(challenge.has("algorithm") ? [`algorithm=${algorithm}`] : []),
      ...(quality ? [`qop=${quality}`, "nc=00000001", `cnonce=${quote(cnonce)}`] : []),
      `response="${hash(quality ? `${key}:${nonce}:00000001:${cnonce}:${quality}:${target}` : `${key}:${nonce}:${target}`)}"`,
      ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
      ...(isHashedName ? ["userhash=true"] : []),
    ];
    return `Digest ${fields.join(", ")}`;
  }
  return undefined;
}

const MAX_HEADER_LENGTH = 8192;

/** Returns the parameters of each Digest challenge. A word that is followed by another begins a challenge. */
function parseChallenges(header: string): readonly ReadonlyMap<string, string>[] {
  const challenges: Map<string, string>[] = [];
  let current: Map<string, string> | undefined;
  for (const [, scheme, name = "", quoted, token = ""] of header
    .slice(0, MAX_HEADER_LENGTH)
    .matchAll(/(?:([\w-]+) +)?([\w-]+) *= *(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)) {
    if (scheme !== undefined) {
      current = scheme.toLowerCase() === "digest" ? new Map() : undefined;
      if (current) challenges.push(current);
    }
    current?.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? token);
  }
  return challenges;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
