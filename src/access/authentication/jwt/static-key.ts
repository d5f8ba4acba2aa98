/** The key of `--jwt-key`: a secret, a public key as PEM, or a JWK or JWKS. Its type decides which algorithms it verifies. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { type CryptoKey, createLocalJWKSet, type JSONWebKeySet, type JWK, type JWTVerifyGetKey } from "jose";

/** What verifies the signature of a token, and the algorithms that the key allows. */
export interface VerificationKey {
  readonly key: KeyObject | CryptoKey | Uint8Array | JWTVerifyGetKey;
  readonly algorithms: readonly string[];
}

const RSA_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const CURVE_ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ["ES256"],
  "P-256": ["ES256"],
  secp384r1: ["ES384"],
  "P-384": ["ES384"],
  secp521r1: ["ES512"],
  "P-521": ["ES512"],
  Ed25519: ["EdDSA", "Ed25519"],
};
const SECRET_ALGORITHMS = ["HS256", "HS384", "HS512"];
/** The algorithms of public keys. A key set of a server has no others. */
export const PUBLIC_KEY_ALGORITHMS = [
  ...RSA_ALGORITHMS,
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

/** A hash function needs a secret of its own length: RFC 7518, section 3.2. */
const MIN_SECRET_BYTES = 32;

/** Reads a key. @throws Error whose message names the forms of a key. */
export function readStaticKey(text: string): VerificationKey {
  const trimmed = text.trim();
  if (trimmed.startsWith("-----BEGIN")) return readPem(trimmed);
  if (trimmed.startsWith("{")) return readJwk(trimmed);
  return secretKey(new TextEncoder().encode(text), MIN_SECRET_BYTES);
}

/** Returns the key of a secret. @throws Error when it is too short. */
export function secretKey(secret: Uint8Array, minBytes = 0): VerificationKey {
  if (secret.length < minBytes) throw new Error(`a secret of at least ${minBytes} bytes`);
  return { key: secret, algorithms: SECRET_ALGORITHMS };
}

function readPem(pem: string): VerificationKey {
  if (/PRIVATE KEY/.test(pem)) throw new Error("a public key: the private key stays with the issuer");
  try {
    const key = createPublicKey(pem);
    return { key, algorithms: algorithmsOf(key) };
  } catch (error) {
    throw new Error(`a public key as PEM (${error instanceof Error ? error.message : String(error)})`);
  }
}

function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly string[] {
  if (asymmetricKeyType === "rsa") return RSA_ALGORITHMS;
  const curve = asymmetricKeyType === "ed25519" ? "Ed25519" : (asymmetricKeyDetails?.namedCurve ?? "");
  const algorithms = Object.hasOwn(CURVE_ALGORITHMS, curve) ? CURVE_ALGORITHMS[curve] : undefined;
  if (!algorithms) throw new Error(`keys of type ${asymmetricKeyType} ${curve} verify no JWT`);
  return algorithms;
}

function readJwk(text: string): VerificationKey {
  const value: JWK | JSONWebKeySet = JSON.parse(text);
  if ("keys" in value) return readKeySet(value as JSONWebKeySet);
  const jwk = value as JWK;
  if (jwk.kty === "oct") return secretKey(Buffer.from(jwk.k ?? "", "base64url"), MIN_SECRET_BYTES);
  if (jwk.d !== undefined) throw new Error("a public key: the private key stays with the issuer");
  const key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
  const algorithms = algorithmsOf(key);
  if (jwk.alg === undefined) return { key, algorithms };
  if (!algorithms.includes(jwk.alg)) throw new Error(`a JWK whose alg fits its key, not ${jwk.alg}`);
  return { key, algorithms: [jwk.alg] };
}

function readKeySet(set: JSONWebKeySet): VerificationKey {
  if (!Array.isArray(set.keys) || set.keys.some(({ kty, d }) => kty === "oct" || d !== undefined))
    throw new Error("a JWKS of public keys");
  return { key: createLocalJWKSet(set), algorithms: PUBLIC_KEY_ALGORITHMS };
}
