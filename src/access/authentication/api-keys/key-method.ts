/** Authentication by API key. */
import type { Identity } from "../../types.ts";
import { refuse } from "../refuse.ts";
import type { StoredKey } from "./api-key.ts";
import { KeyRing, type KeyRingOptions } from "./key-ring.ts";

export interface KeyMethod {
  /** Returns undefined when the text is none of the keys. @throws AppError `unauthorized` for a key that has expired. */
  identify(presented: string): Identity | undefined;
  /** Returns whether the text is one of the keys, expired or not. */
  contains(text: string): boolean;
  /** Returns whether the key of an identity is still among the keys. */
  has(keyId: string): boolean;
}

/** @param now returns milliseconds. @throws StartError when the file cannot be used. */
export function createKeyMethod(options: KeyRingOptions, now: () => number): KeyMethod {
  const ring = new KeyRing(options);
  /** An identity is created once for each key, and again when the file was read again. */
  const identities = new WeakMap<StoredKey, Identity>();
  return {
    identify(presented) {
      const key = ring.find(presented);
      if (!key) return undefined;
      const identity = identities.get(key) ?? toIdentity(key);
      identities.set(key, identity);
      if (identity.expiresAt !== undefined && now() >= identity.expiresAt)
        throw refuse("expired", "The API key has expired.");
      return identity;
    },
    contains: (text) => ring.find(text) !== undefined,
    has: (keyId) => ring.has(keyId),
  };
}

function toIdentity({ name, id, roles, organization, expiresAt }: StoredKey): Identity {
  return {
    user: `key:${name}`,
    roles,
    method: "api-key",
    keyName: name,
    keyId: id,
    ...(organization !== undefined && { organization }),
    ...(expiresAt !== undefined && { expiresAt: Date.parse(expiresAt) }),
  };
}
