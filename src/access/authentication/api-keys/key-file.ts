/** The file of API keys: read whole, written atomically, with the rights of its owner alone. */
import {
  closeSync,
  fchmodSync,
  fchownSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { platform } from "node:os";
import { z } from "zod";
import { StartError } from "../../../errors.ts";
import { KEY_NAME, type StoredKey } from "./api-key.ts";

const storedKey = z.strictObject({
  name: z.string().regex(KEY_NAME),
  id: z.string().min(1).max(64),
  sha256: z.string().regex(/^[\da-f]{64}$/),
  roles: z.array(z.string().min(1).max(256)).max(100).default([]),
  organization: z.string().min(1).max(256).optional(),
  createdAt: z.iso.datetime().optional(),
  expiresAt: z.iso.datetime().optional(),
});
const keyFile = z.strictObject({ keys: z.array(storedKey).max(100_000) });

/** Returns the keys in the text of a file. @throws StartError that names the file and the field. */
export function parseKeys(path: string, text: string): readonly StoredKey[] {
  const read = keyFile.safeParse(parseJson(path, text));
  if (read.success) return read.data.keys;
  const [issue] = read.error.issues;
  throw new StartError(`API keys in ${path}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StartError(`API keys in ${path}: the file is not JSON. "specchat keys add" creates it.`);
  }
}

/**
 * Returns a warning about the rights of the file, or undefined.
 * @throws StartError when others can write it: they could add a key.
 */
export function checkRights(path: string, mode: number): string | undefined {
  if (platform() === "win32") return undefined;
  if ((mode & 0o022) !== 0)
    throw new StartError(`Other users can write the API keys in ${path}. Run: chmod 600 ${path}`);
  if ((mode & 0o004) !== 0)
    return `Every user of this machine can read the API keys in ${path}, which are hashes. Run: chmod 600 ${path}`;
  return undefined;
}

/** Returns the keys of a file, none when it does not exist. @throws StartError */
export function readKeyFile(path: string): readonly StoredKey[] {
  try {
    checkRights(path, statSync(path).mode);
    return parseKeys(path, readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * Changes a file: a reader sees the keys before or after. Another process that changes it at the same time is refused.
 * @throws StartError
 */
export function changeKeyFile(
  path: string,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[],
): void {
  // The new file is created first and exclusively, so it is also the lock.
  const next = `${path}.new`;
  const file = createExclusively(next);
  try {
    writeSync(file, `${JSON.stringify({ keys: change(readKeyFile(path)) }, null, 2)}\n`);
    keepRights(path, file);
    closeSync(file);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** Gives the new file the rights and the owner of the old one: a server may run as another user than the command. */
function keepRights(path: string, file: number): void {
  const old = statSync(path, { throwIfNoEntry: false });
  if (!old) return;
  fchmodSync(file, old.mode & 0o777);
  try {
    fchownSync(file, old.uid, old.gid);
  } catch (error) {
    // Only root may give a file to another user. The command then runs as the owner, or nothing can be done.
    if ((error as { code?: string }).code !== "EPERM") throw error;
  }
}

function createExclusively(path: string): number {
  try {
    return openSync(path, "wx", 0o600);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "EEXIST")
      throw new StartError(`Another command changes the API keys. If none does, remove ${path} and repeat.`);
    throw new StartError(`Cannot write ${path}: ${message}`);
  }
}
