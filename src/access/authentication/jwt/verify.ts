/** Verifies the signature, the times, the issuer and the audience of a token: RFC 7519 and RFC 8725. */
import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { refuse } from "../refuse.ts";
import type { VerificationKey } from "./static-key.ts";

export interface TokenRules {
  /** Tried in this order, as far as their algorithms include that of the token. */
  readonly keys: readonly VerificationKey[];
  readonly issuer: string | undefined;
  /** Any of them is enough. Empty: every audience. */
  readonly audiences: readonly string[];
  /** Seconds. */
  readonly clockSkew: number;
  readonly now: () => number;
}

/** Returns the claims of a valid token, which has an end. @throws AppError `unauthorized` */
export async function verifyClaims(
  token: string,
  rules: TokenRules,
): Promise<JWTPayload & { readonly exp: number }> {
  const keys = selectKeys(token, rules.keys);
  let failure: unknown;
  for (const key of keys) {
    try {
      return await verifyWith(key, token, rules);
    } catch (error) {
      // Another key may have signed it; the other failures concern the token itself.
      if (!isKeyMismatch(error)) throw toRefusal(error);
      failure = error;
    }
  }
  throw failure === undefined
    ? refuse("invalid_token", "The token is not signed with an accepted algorithm.")
    : toRefusal(failure);
}

function selectKeys(token: string, keys: readonly VerificationKey[]): readonly VerificationKey[] {
  try {
    const { alg } = decodeProtectedHeader(token);
    return keys.filter(({ algorithms }) => algorithms.includes(String(alg)));
  } catch {
    throw refuse("invalid_token", "The token is not a JWT.");
  }
}

async function verifyWith(
  { key, algorithms }: VerificationKey,
  token: string,
  { issuer, audiences, clockSkew, now }: TokenRules,
): Promise<JWTPayload & { readonly exp: number }> {
  const options = {
    algorithms: [...algorithms],
    requiredClaims: ["exp"],
    clockTolerance: clockSkew,
    currentDate: new Date(now()),
    ...(issuer !== undefined && { issuer }),
  };
  const payload =
    typeof key === "function"
      ? await verifyWithSet(key, token, options)
      : (await jwtVerify(token, key, options)).payload;
  checkAudience(payload, audiences);
  return { ...payload, exp: payload.exp ?? 0 };
}

/** A token without the id of its key may be signed with any key of the set that has its algorithm. */
async function verifyWithSet(
  set: JWTVerifyGetKey,
  token: string,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, set, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error)
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (failure) {
        if (!isKeyMismatch(failure)) throw failure;
      }
    throw error;
  }
}

/** Access tokens of Cognito have no audience; their claim `client_id` names the client. */
function checkAudience({ aud, client_id }: JWTPayload, accepted: readonly string[]): void {
  if (accepted.length === 0) return;
  const named = aud === undefined ? [client_id] : [aud].flat();
  if (named.some((name) => typeof name === "string" && accepted.includes(name))) return;
  throw refuse("wrong_audience", "The token is for another audience.");
}

function isKeyMismatch(error: unknown): boolean {
  return (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}

function toRefusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return refuse("expired", "The token has expired.");
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "iss")
    return refuse("wrong_issuer", "The token is of another issuer.");
  if (error instanceof errors.JOSEError || error instanceof TypeError)
    return refuse("invalid_token", "The token is not valid.");
  return error;
}
