/** Creates callers. A browser is identified by a random cookie (caller-cookies.ts). An anonymous caller only has access to objects by their ids. */
import type { Spender } from "./limits/types.ts";
import { hashShort } from "./short-hash.ts";
import type { Caller, CallerId, Identity } from "./types.ts";

/** The user of the terminal in which a command runs. */
export const TERMINAL: Caller = { id: "terminal" as CallerId, kind: "terminal" };

/** Returns the caller with an id, which begins with the kind of caller. */
export function callerFromId(id: CallerId): Caller {
  if (id === TERMINAL.id) return TERMINAL;
  const kind = (["browser", "token", "host", "user"] as const).find((kind) => id.startsWith(`${kind}:`));
  return { id, kind: kind ?? "anonymous" };
}

/** Creates the caller that the embedding application names. */
export function createHostCaller(name: string): Caller {
  return { id: `host:${name}` as CallerId, kind: "host" };
}

/**
 * Returns who a turn counts against that no client of this process has asked for: the owner of its session, wherever the request came
 * from. A user counts as one, whatever user names the requests had.
 */
export function ownerSpender(owner: CallerId, identity?: Identity): Spender {
  const id = (owner.startsWith("user:") ? owner.split("/", 1)[0] : owner) as CallerId;
  return { caller: { id, kind: "host", ...(identity && { identity }) }, address: "" };
}

/** Returns the caller of a browser. The token is a secret, so logs and stores get its hash. */
export function browserCaller(token: string): Caller {
  return { id: `browser:${hashShort(token)}` as CallerId, kind: "browser" };
}

/**
 * Returns the caller of an identity. Its id has hashes of the organization and of both the organization and the user, so equal users
 * of two organizations are different callers.
 */
export function userCaller(identity: Identity): Caller {
  const { organization, user } = identity;
  const scope = organization === undefined ? "user:" : organizationScope(organization);
  const hash = hashShort(JSON.stringify([organization ?? null, user]));
  return { id: `${scope}${hash}` as CallerId, kind: "user", identity };
}

/** Returns what the ids of all callers of an organization begin with. */
export function organizationScope(organization: string): string {
  return `user:${hashShort(organization)}.`;
}
