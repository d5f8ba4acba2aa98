/** Finds the file that a path stands for, and how it is written. */
import { constants } from "node:fs";
import { access, readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";

export interface OutputFile {
  /** The file behind symbolic links. */
  readonly path: string;
  /** `replace` for a plain file, which gets its content at once. `as is` for pipes, devices and open descriptors. */
  readonly mode: "replace" | "as is";
}

const MAX_LINKS = 40;

/**
 * Follows symbolic links. The last file does not have to exist.
 * @throws an error of the system when the file cannot be written.
 */
export async function findOutputFile(file: string): Promise<OutputFile> {
  const existing = await stat(file).catch(ignoreMissing);
  if (existing && !existing.isFile() && !existing.isDirectory()) return { path: file, mode: "as is" };
  const path = await followLinks(file);
  // `/dev/stdout` and `/dev/fd/3` are open files of the process. Text is added where they stand.
  if (path === undefined) return { path: file, mode: "as is" };
  if (existing) await access(path, constants.W_OK);
  return { path, mode: "replace" };
}

/** Returns the path at the end of all links; undefined when it is an open descriptor in `/proc`. */
async function followLinks(file: string): Promise<string | undefined> {
  let current = resolve(file);
  for (let step = 0; step < MAX_LINKS; step += 1) {
    const folder = await realpath(dirname(current));
    current = resolve(folder, basename(current));
    const target = await readlink(current).catch(() => undefined);
    if (target === undefined) return current;
    if (folder.startsWith("/proc/")) return undefined;
    current = resolve(folder, target);
  }
  throw new Error("it has too many symbolic links");
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
