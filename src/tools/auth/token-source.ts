import type { Api, StaticCredential } from "../types.ts";
import type { Proof, ReadyProof } from "./credentials.ts";
import { fetchToken, type TokenFetchOptions, TokenProblem, tokenEndpoint } from "./fetch-token.ts";

export type Tokens =
  | {
      readonly outcome: "ready";
      readonly proofs: readonly ReadyProof[];
      /** The API does not take these tokens any more: the next call fetches others. */
      readonly forget?: () => void;
    }
  | { readonly outcome: "failed"; readonly problem: string };

/** Turns a client's credentials into tokens; other proofs pass as they are. Always resolves. */
export type TokenSource = (
  proofs: readonly Proof[],
  api: Api,
  options: { readonly dryRun: boolean; readonly signal: AbortSignal },
) => Promise<Tokens>;

export interface TokenSourceOptions extends TokenFetchOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What stands for a token that a dry run does not fetch. */
export const PLACEHOLDER = "<token>";

/**
 * OAuth2 client credentials (RFC 6749, section 4.4), the endpoint from the document or by OpenID Connect discovery.
 * Tokens are kept until shortly before they end; calls that need the same one at the same time share one fetch, which
 * goes on when one of them is stopped.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const kept = new Map<string, { readonly token: string; readonly until: number }>();
  const running = new Map<string, Promise<string>>();

  function forget(token: string): void {
    for (const [key, one] of kept) if (one.token === token) kept.delete(key);
  }

  function tokenFor(proof: Proof, credential: Client, api: Api): Promise<string> {
    const scopes = credential.scopes ?? proof.scopes;
    const key = JSON.stringify([api.name, proof.name, credential.clientId, credential.clientSecret, scopes]);
    const known = kept.get(key);
    if (known && options.now() < known.until) return Promise.resolve(known.token);
    const underway = running.get(key);
    if (underway) return underway;
    const fetching = fetchAndKeep(key, proof, credential, scopes, api).finally(() => running.delete(key));
    running.set(key, fetching);
    return fetching;
  }

  async function fetchAndKeep(
    key: string,
    proof: Proof,
    credential: Client,
    scopes: readonly string[],
    api: Api,
  ): Promise<string> {
    const endpoint = await tokenEndpoint(proof.scheme, credential.tokenUrl, api.baseUrl, options);
    const asked = options.now();
    const { token, lifetimeMs } = await fetchToken(endpoint, credential, scopes, options);
    kept.set(key, { token, until: asked + lifetimeMs - Math.min(60_000, lifetimeMs / 5) });
    return token;
  }

  return async (proofs, api, { dryRun, signal }) => {
    const ready: ReadyProof[] = [];
    const fetched: string[] = [];
    for (const proof of proofs) {
      const { credential } = proof;
      if (credential.type !== "client") {
        ready.push({ ...proof, credential });
        continue;
      }
      try {
        const token = dryRun ? PLACEHOLDER : await orStopped(tokenFor(proof, credential, api), signal);
        fetched.push(token);
        ready.push({ ...proof, credential: { type: "bearer", token } });
      } catch (error) {
        if (!(error instanceof TokenProblem)) throw error;
        return { outcome: "failed", problem: `No token for ${proof.name}: ${error.message}` };
      }
    }
    return {
      outcome: "ready",
      proofs: ready,
      ...(fetched.length > 0 && !dryRun && { forget: () => fetched.forEach(forget) }),
    };
  };
}

type Client = Extract<StaticCredential, { type: "client" }>;

/** @throws TokenProblem when the caller stops before the token is there. */
async function orStopped(token: Promise<string>, signal: AbortSignal): Promise<string> {
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(new TokenProblem("the call was stopped."));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([token, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
