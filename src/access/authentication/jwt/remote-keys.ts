/** The keys of a JWKS URL: RFC 7517. They are kept, fetched again in the background, and used on while their host is down. */
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from "jose";
import { AppError } from "../../../errors.ts";
import { fetchLimited, type KeyFetch } from "./fetch-limited.ts";

export interface RemoteKeysOptions {
  readonly url: string;
  readonly fetch: KeyFetch;
  /** Returns milliseconds. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Called when the keys of the host are others than before. */
  readonly onChange: () => void;
}

/** Milliseconds after which keys are fetched again. */
const REFRESH_MS = 600_000;
/** Milliseconds in which unknown key ids cause one request at most, whether it succeeds or fails. */
const COOLDOWN_MS = 30_000;
const RETRY_MS = 5000;
const TIMEOUT_MS = 5000;

/** Returns a function that finds the key of a token. It throws AppError `authentication_unavailable` while there are no keys at all. */
export function createRemoteKeys({ url, fetch, now, warn, onChange }: RemoteKeysOptions): JWTVerifyGetKey {
  let text: string | undefined;
  let fetchedAt = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: TIMEOUT_MS,
    // The clock of this function counts, not that of the library.
    cooldownDuration: 0,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    async [customFetch](address, { signal, headers }) {
      if (text !== undefined && now() - fetchedAt < COOLDOWN_MS) return new Response(text);
      if (now() - failedAt < RETRY_MS) throw new Error("the host failed a moment ago");
      try {
        const body = await fetchLimited(fetch, address, { signal, headers });
        if (text !== undefined && body !== text) onChange();
        text = body;
        fetchedAt = now();
        return new Response(body);
      } catch (error) {
        failedAt = now();
        warn(
          `The keys of ${new URL(url).host} cannot be fetched: ${String(error)}${text === undefined ? "" : "; keeping the previous ones"}`,
        );
        throw error;
      }
    },
  });
  return async (header, token) => {
    // Keys that are old are used until new ones are here.
    if (text !== undefined && now() - fetchedAt > REFRESH_MS && now() - failedAt > RETRY_MS)
      void remote.reload().catch(() => undefined);
    try {
      return await remote(header, token);
    } catch (error) {
      if (text === undefined || !(error instanceof errors.JOSEError))
        throw text === undefined ? unavailable(error) : new errors.JWKSNoMatchingKey();
      throw error;
    }
  };
}

function unavailable(cause: unknown): AppError {
  return new AppError(
    "authentication_unavailable",
    "The keys that verify tokens are not available. Please try again in a moment.",
    { retryable: true, retryAfterMs: RETRY_MS, reason: "keys_unavailable", cause, detail: String(cause) },
  );
}
