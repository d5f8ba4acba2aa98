/**
 * Authentication by an Application Load Balancer of AWS, which signs in users and adds a header about them:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import { decodeProtectedHeader, errors, jwtVerify } from "jose";
import { AppError } from "../../../errors.ts";
import type { Identity } from "../../types.ts";
import { refuse } from "../refuse.ts";
import { type ClaimNames, readClaims } from "./claims.ts";
import { fetchLimited } from "./fetch-limited.ts";
import type { JwtPorts } from "./jwt-method.ts";
import { TokenCache } from "./token-cache.ts";

export const ALB_HEADER = "x-amzn-oidc-data";

export interface AlbSettings extends ClaimNames {
  /** ARNs of load balancers. */
  readonly albSigner: readonly string[];
  /** The address of their public keys in place of that of their region. */
  readonly albKeys: string | undefined;
  readonly jwtClockSkew: number;
}

const TIMEOUT_MS = 5000;
/** Milliseconds for which a failed request for a key is not repeated. */
const RETRY_MS = 5000;
/** Keys that are kept. A load balancer has one at a time. */
const MAX_KEYS = 100;

/** Returns the function that verifies the header. */
export function createAlbMethod(
  settings: AlbSettings,
  ports: JwtPorts,
): (token: string) => Promise<Identity> {
  const cache = new TokenCache(ports.now);
  const findKey = createKeyFinder(settings, ports);
  const verify = async (token: string): Promise<Identity> => {
    const { signer, kid, exp } = readHeader(token);
    if (!settings.albSigner.includes(signer))
      throw refuse("wrong_issuer", "The token is signed by another load balancer.");
    const expiresAt = (exp + settings.jwtClockSkew) * 1000;
    if (ports.now() >= expiresAt) throw refuse("expired", "The token of the load balancer has expired.");
    const key = await findKey(signer, kid);
    const payload = await verifySignature(token, key, settings.jwtClockSkew, ports.now());
    return { ...readClaims(payload, settings), method: "jwt", expiresAt };
  };
  return async (token) => await cache.get(token, verify);
}

async function verifySignature(token: string, key: KeyObject, clockTolerance: number, now: number) {
  try {
    const options = { algorithms: ["ES256"], clockTolerance, currentDate: new Date(now) };
    const { payload } = await jwtVerify(token, key, options);
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw refuse("expired", "The token of the load balancer has expired.");
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw invalid();
    throw error;
  }
}

/** The header has what other issuers write into the claims. */
function readHeader(token: string): { readonly signer: string; readonly kid: string; readonly exp: number } {
  try {
    const { signer, kid, exp } = decodeProtectedHeader(token) as Record<string, unknown>;
    // The id becomes a part of an address.
    if (typeof signer === "string" && typeof exp === "number" && /^[\w-]{1,100}$/.test(String(kid)))
      return { signer, kid: String(kid), exp };
  } catch {
    // Not a JWT: refused below.
  }
  throw invalid();
}

function invalid(): AppError {
  return refuse("invalid_token", `The header ${ALB_HEADER} is not valid.`);
}

/** Returns a function that fetches each key once. Only a header that names an accepted load balancer causes a request. */
function createKeyFinder({ albKeys }: AlbSettings, { fetch, now, warn }: JwtPorts) {
  const keys = new Map<string, Promise<KeyObject>>();
  let failedAt = Number.NEGATIVE_INFINITY;
  return (signer: string, kid: string): Promise<KeyObject> => {
    const url = `${albKeys ?? keyAddress(signer)}/${kid}`;
    const known = keys.get(url);
    if (known) return known;
    if (now() - failedAt < RETRY_MS) return Promise.reject(unavailable("a request failed a moment ago"));
    const found = fetchLimited(fetch, url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then((pem) =>
      createPublicKey(pem),
    );
    keys.set(url, found);
    const [oldest] = keys.keys();
    if (keys.size > MAX_KEYS && oldest !== undefined) keys.delete(oldest);
    return found.catch((error: unknown) => {
      keys.delete(url);
      failedAt = now();
      warn(`The key of the load balancer cannot be fetched: ${String(error)}`);
      throw unavailable(error);
    });
  };
}

/** Returns the address of the keys of a region, which the ARN names. */
function keyAddress(arn: string): string {
  const [, partition, , region = ""] = arn.split(":");
  if (partition === "aws-us-gov")
    return `https://s3-${region}.amazonaws.com/aws-elb-public-keys-prod-${region}`;
  const suffix = partition === "aws-cn" ? ".cn" : "";
  return `https://public-keys.auth.elb.${region}.amazonaws.com${suffix}`;
}

function unavailable(cause: unknown): AppError {
  return new AppError(
    "authentication_unavailable",
    "The key of the load balancer is not available. Please try again in a moment.",
    { retryable: true, retryAfterMs: RETRY_MS, reason: "keys_unavailable", detail: String(cause) },
  );
}
