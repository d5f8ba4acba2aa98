/** Resolves credentials to values that can be sent, with cached tokens. */
import type { Api } from "../types.ts";
import type { ResolvedCredential, SelectedCredential } from "./credentials.ts";
import { fetchToken, resolveTokenEndpoint, TokenError, type TokenFetchOptions } from "./fetch-token.ts";
import type { StaticCredential } from "./types.ts";

export type TokenResult =
  | {
      readonly outcome: "ready";
      readonly credentials: readonly ResolvedCredential[];
      /** Removes the fetched tokens from the cache, so that the next call fetches new ones. */
      readonly invalidateToken?: () => void;
    }
  | { readonly outcome: "failed"; readonly problem: string };

/** Replaces OAuth2 client credentials by tokens and returns other credentials unchanged. Never rejects. */
export type TokenSource = (
  credentials: readonly SelectedCredential[],
  api: Api,
  options: { readonly dryRun: boolean; readonly signal: AbortSignal },
) => Promise<TokenResult>;

export interface TokenSourceOptions extends TokenFetchOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Replaces a token in a dry run, which fetches none. */
export const TOKEN_PLACEHOLDER = "<token>";

/**
 * Creates a token source for OAuth2 client credentials (RFC 6749, section 4.4). Tokens are cached until shortly
 * before they expire. Concurrent calls share one fetch, which continues when one of the calls is stopped.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const cache = new Map<string, { readonly token: string; readonly expiresAt: number }>();
  const inFlight = new Map<string, Promise<string>>();

  function invalidate(token: string): void {
    for (const [key, entry] of cache) if (entry.token === token) cache.delete(key);
  }

  function getToken(selected: SelectedCredential, credential: Client, api: Api): Promise<string> {
    const scopes = credential.scopes ?? selected.scopes;
    const key = JSON.stringify([
      api.name,
      selected.name,
      credential.clientId,
      credential.clientSecret,
      scopes,
    ]);
    const cached = cache.get(key);
    if (cached && options.now() < cached.expiresAt) return Promise.resolve(cached.token);
    const pending = inFlight.get(key);
    if (pending) return pending;
    const request = fetchAndCache(key, selected, credential, scopes, api).finally(() => inFlight.delete(key));
    inFlight.set(key, request);
    return request;
  }

  async function fetchAndCache(
    key: string,
    selected: SelectedCredential,
    credential: Client,
    scopes: readonly string[],
    api: Api,
  ): Promise<string> {
    const endpoint = await resolveTokenEndpoint(selected.scheme, credential.tokenUrl, api.baseUrl, options);
    const requestedAt = options.now();
    const { token, lifetimeMs } = await fetchToken(endpoint, credential, scopes, options);
    cache.set(key, { token, expiresAt: requestedAt + lifetimeMs - Math.min(60_000, lifetimeMs / 5) });
    return token;
  }

  return async (credentials, api, { dryRun, signal }) => {
    const resolved: ResolvedCredential[] = [];
    const fetched: string[] = [];
    for (const selected of credentials) {
      const { credential } = selected;
      if (credential.type !== "client") {
        resolved.push({ ...selected, credential });
        continue;
      }
      try {
        const token = dryRun
          ? TOKEN_PLACEHOLDER
          : await rejectOnAbort(getToken(selected, credential, api), signal);
        fetched.push(token);
        resolved.push({ ...selected, credential: { type: "bearer", token } });
      } catch (error) {
        if (!(error instanceof TokenError)) throw error;
        return { outcome: "failed", problem: `No token for ${selected.name}: ${error.message}` };
      }
    }
    return {
      outcome: "ready",
      credentials: resolved,
      ...(fetched.length > 0 && !dryRun && { invalidateToken: () => fetched.forEach(invalidate) }),
    };
  };
}

type Client = Extract<StaticCredential, { type: "client" }>;

/** @throws TokenError when the signal aborts first. */
async function rejectOnAbort(token: Promise<string>, signal: AbortSignal): Promise<string> {
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(new TokenError("the call was stopped."));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([token, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
