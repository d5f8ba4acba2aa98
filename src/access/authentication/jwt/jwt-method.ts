/** Authentication by JWT: access tokens of an identity provider, or tokens that a team signs itself. */
import { StartError } from "../../../errors.ts";
import type { Identity } from "../../types.ts";
import { refuse } from "../refuse.ts";
import { type ClaimNames, readClaims } from "./claims.ts";
import type { KeyFetch } from "./fetch-limited.ts";
import { createRemoteKeys } from "./remote-keys.ts";
import { PUBLIC_KEY_ALGORITHMS, readStaticKey, secretKey, type VerificationKey } from "./static-key.ts";
import { TokenCache } from "./token-cache.ts";
import { verifyClaims } from "./verify.ts";

export interface JwtSettings extends ClaimNames {
  readonly jwtJwks: string | undefined;
  readonly jwtKey: string | undefined;
  readonly jwtSecret: string | undefined;
  readonly jwtIssuer: string | undefined;
  readonly jwtAudience: readonly string[];
  readonly jwtAlgorithms: readonly string[];
  readonly jwtClockSkew: number;
}

export interface JwtPorts {
  readonly fetch: KeyFetch;
  /** Returns milliseconds. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

/** Characters of a token. Providers keep theirs below 8 KB, the limit of most proxies for a header. */
const MAX_TOKEN_LENGTH = 16_384;

/** Returns the function that verifies a token, or undefined when no key is configured. @throws StartError for an unusable key. */
export function createJwtMethod(
  settings: JwtSettings,
  ports: JwtPorts,
): ((token: string) => Promise<Identity>) | undefined {
  const cache = new TokenCache(ports.now);
  const keys = readKeys(settings, ports, () => cache.clear());
  if (keys.length === 0) return undefined;
  const { jwtIssuer, jwtAudience, jwtClockSkew } = settings;
  const rules = {
    keys,
    issuer: jwtIssuer,
    audiences: jwtAudience,
    clockSkew: jwtClockSkew,
    now: ports.now,
  };
  const verify = async (token: string): Promise<Identity> => {
    const claims = await verifyClaims(token, rules);
    const expiresAt = (claims.exp + jwtClockSkew) * 1000;
    return { ...readClaims(claims, settings), method: "jwt", expiresAt };
  };
  return async (token) => {
    if (token.length > MAX_TOKEN_LENGTH) throw refuse("invalid_token", "The token is too long.");
    return await cache.get(token, verify);
  };
}

function readKeys(
  { jwtKey, jwtSecret, jwtJwks, jwtAlgorithms }: JwtSettings,
  ports: JwtPorts,
  onChange: () => void,
): readonly VerificationKey[] {
  const keys = [
    ...(jwtSecret === undefined ? [] : [secretKey(new TextEncoder().encode(jwtSecret))]),
    ...(jwtKey === undefined ? [] : [readConfiguredKey(jwtKey)]),
    ...(jwtJwks === undefined
      ? []
      : [{ key: createRemoteKeys({ url: jwtJwks, ...ports, onChange }), algorithms: PUBLIC_KEY_ALGORITHMS }]),
  ];
  if (jwtAlgorithms.length === 0) return keys;
  const narrowed = keys.map(({ key, algorithms }) => ({
    key,
    algorithms: algorithms.filter((algorithm) => jwtAlgorithms.includes(algorithm)),
  }));
  if (narrowed.some(({ algorithms }) => algorithms.length === 0))
    throw new StartError(`--jwt-algorithms ${jwtAlgorithms.join(",")} does not fit a configured key.`);
  return narrowed;
}

function readConfiguredKey(text: string): VerificationKey {
  try {
    return readStaticKey(text);
  } catch (error) {
    const expected = error instanceof Error ? error.message : String(error);
    throw new StartError(`--jwt-key is not ${expected}.`);
  }
}
