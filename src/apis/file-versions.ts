/** Detects new versions of files, whatever leads to them: links, mounted folders, folders that are replaced. */
import { stat } from "node:fs/promises";

export class FileVersions {
  /** The last known version of each path. */
  readonly #versions = new Map<string, string>();

  /**
   * Returns whether a file differs from its last version. A file that disappears, or is there again, differs as well.
   * @param readAt When the files were read, in milliseconds. A file that is looked at for the first time differs when it
   *   was changed since then.
   */
  async haveChanged(paths: readonly string[], readAt: number): Promise<boolean> {
    let hasChanged = false;
    // One after the other: some descriptions have thousands of files.
    for (const path of paths) {
      const known = this.#versions.get(path);
      const { version, changedAt } = await readVersion(path);
      this.#versions.set(path, version);
      if (known === undefined ? changedAt >= readAt : known !== version) hasChanged = true;
    }
    return hasChanged;
  }
}

/** Follows links. A file is another one when its inode differs, even if date and size are the same. */
async function readVersion(path: string): Promise<{ readonly version: string; readonly changedAt: number }> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = await stat(path, { bigint: true });
    return { version: [dev, ino, size, mtimeNs, ctimeNs].join(" "), changedAt: Number(ctimeMs) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return { version: code, changedAt: 0 };
  }
}
