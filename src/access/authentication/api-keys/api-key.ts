/** API keys: how one is made, and what is stored of it. */
import { createHash, randomBytes } from "node:crypto";

/** A key as it is stored. The key itself is random, so a plain hash protects it. */
export interface StoredKey {
  readonly name: string;
  /** Public: names the key in listings. Two keys of one name are different keys. */
  readonly id: string;
  /** The SHA-256 hash of the key, in hexadecimal digits. */
  readonly sha256: string;
  readonly roles: readonly string[];
  readonly organization?: string | undefined;
  /** ISO 8601. */
  readonly createdAt?: string | undefined;
  /** ISO 8601. Undefined when the key does not expire. */
  readonly expiresAt?: string | undefined;
}

/** Names of keys, and of roles in `--api-keys`. */
export const KEY_NAME = /^[\w.@-]{1,64}$/;

/** Returns a new key: 256 random bits after a prefix that scanners of secrets can find. */
export function createKey(): string {
  return `sk-specchat-${randomBytes(32).toString("base64url")}`;
}

export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** Returns the id of a key, which is part of its hash and says nothing about the key. */
export function keyIdOf(sha256: string): string {
  return sha256.slice(0, 12);
}

/** Reads an entry of `--api-keys`: `NAME:KEY` or `NAME:ROLE+ROLE:KEY`. The entry is valid: the kind of the setting checks it. */
export function readKeyEntry(entry: string): StoredKey {
  const [name = "", ...rest] = entry.split(":");
  const sha256 = hashKey(rest.at(-1) ?? "");
  const roles = rest.length > 1 ? (rest[0] ?? "").split("+") : [];
  return { name, id: keyIdOf(sha256), sha256, roles };
}
