/** Decides how long a session lasts. Pure. Times are Unix times in milliseconds. */
import type { BrowserSession } from "./types.ts";

/** How long a session with a refresh token lasts until its next renewal. A stolen cookie is of no use afterwards. */
const RENEWAL_INTERVAL_MS = 15 * 60_000;
/** A session that was renewed less than this ago is not renewed again: several tabs ask at the same time. */
const FRESH_MS = 20_000;

export interface SessionLimits {
  readonly idleMs: number;
  readonly lifetimeMs: number;
}

/** What a session gets with each sign-in or renewal. */
export interface SessionGrant extends Pick<BrowserSession, "identity" | "credential" | "name"> {
  readonly signedInAt: number;
  readonly hasRefreshToken: boolean;
  /** Milliseconds that the token of the provider is valid. Undefined for a credential, which is checked each time. */
  readonly tokenLifetimeMs?: number | undefined;
}

export function createSession(grant: SessionGrant, now: number, limits: SessionLimits): BrowserSession {
  const { identity, credential, name, signedInAt, hasRefreshToken, tokenLifetimeMs } = grant;
  const tokenExpiresAt = tokenLifetimeMs === undefined ? undefined : now + tokenLifetimeMs;
  const expiresAt = Math.min(
    now + (hasRefreshToken ? Math.min(RENEWAL_INTERVAL_MS, limits.idleMs) : limits.idleMs),
    signedInAt + limits.lifetimeMs,
    tokenExpiresAt ?? Number.POSITIVE_INFINITY,
  );
  return {
    ...(identity && { identity: { ...identity, expiresAt } }),
    ...(credential !== undefined && { credential }),
    ...(name !== undefined && { name }),
    signedInAt,
    renewedAt: now,
    expiresAt,
    ...(tokenExpiresAt !== undefined && { tokenExpiresAt }),
  };
}

/** Returns the session with a later end where its token still allows it. */
export function extendSession(session: BrowserSession, now: number, limits: SessionLimits): BrowserSession {
  const { tokenExpiresAt } = session;
  const tokenLifetimeMs = tokenExpiresAt === undefined ? undefined : tokenExpiresAt - now;
  return createSession({ ...session, hasRefreshToken: false, tokenLifetimeMs }, now, limits);
}

export function isCurrent({ expiresAt }: BrowserSession, now: number): boolean {
  return now < expiresAt;
}

/** Returns whether a current session was renewed a moment ago. */
export function isFresh(session: BrowserSession, now: number): boolean {
  return isCurrent(session, now) && now - session.renewedAt < FRESH_MS;
}

/** Returns whether the session is within its absolute lifetime, current or not. */
export function isWithinLifetime(
  { signedInAt }: BrowserSession,
  now: number,
  limits: SessionLimits,
): boolean {
  return now < signedInAt + limits.lifetimeMs;
}

/** Returns whether the session was in use recently enough to go on. */
export function mayRenew(session: BrowserSession, now: number, limits: SessionLimits): boolean {
  return isWithinLifetime(session, now, limits) && now - session.renewedAt < limits.idleMs;
}
