/** Returns the key that signs cookies. It survives a restart wherever sessions do. */
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashShort } from "../access/short-hash.ts";
import type { Config } from "../config/settings.ts";
import { StartError } from "../errors.ts";

const FILE_NAME = "cookie-key";

/**
 * Returns `--cookie-secret`, else the key in the data folder, which is created. Processes with a shared store derive the same key
 * from its address. Without a store on disk, the key is a new one.
 * @throws StartError when the file cannot be read or written.
 */
export function readCookieKey(
  { cookieSecret, dataDir, jwtSecret = "", store }: Config,
  hasExclusiveDataDir: boolean,
): string {
  if (cookieSecret !== undefined) return cookieSecret;
  if (isShared(store)) return hashShort(`${store} ${jwtSecret}`);
  const fresh = randomBytes(32).toString("hex");
  if (!hasExclusiveDataDir) return fresh;
  const path = join(dataDir, FILE_NAME);
  try {
    writeFileSync(path, fresh, { mode: 0o600, flag: "wx" });
    return fresh;
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw unusableKey(path, error);
  }
  const key = readFileSync(path, "utf8").trim();
  if (key.length < 32) throw unusableKey(path, "it is too short");
  return key;
}

/** Returns whether several processes may use the store. */
export function isShared(store: string): boolean {
  return /^(rediss?|dynamodb):/.test(store);
}

function unusableKey(path: string, reason: unknown): StartError {
  const text = reason instanceof Error ? reason.message : String(reason);
  return new StartError(
    `Cannot use the key of cookies in ${path}: ${text}. Remove the file, or set --cookie-secret.`,
  );
}
