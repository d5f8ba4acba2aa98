/** Stores results on disk for the lifetime of the process. */
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ResultDisk } from "./types.ts";
import { writeText } from "./write-text.ts";

/** The age after which the folder of a killed process is removed by a later one. */
const STALE_AFTER_MS = 7 * 24 * 3600 * 1000;

/**
 * Creates a disk store in the subfolder `name` of `folder`. The first write creates it, readable by the current user only.
 * @param name unique among processes.
 */
export function createResultDisk(folder: string, name: string, now: () => number): ResultDisk {
  const processFolder = join(folder, name);
  let created: Promise<unknown> | undefined;
  const create = async () => {
    await mkdir(processFolder, { recursive: true, mode: 0o700 });
    await removeStaleFolders(folder, name, now()).catch(() => undefined);
  };
  return {
    async write(file, text) {
      created ??= create();
      await created;
      await writeText(join(processFolder, file), text);
    },
    read: (file) => readFile(join(processFolder, file), "utf8").catch(() => undefined),
    remove: (file) => rm(join(processFolder, file), { force: true }),
    async removeAll() {
      if (created === undefined) return;
      await created.catch(() => undefined);
      created = undefined;
      await rm(processFolder, { recursive: true, force: true });
    },
  };
}

async function removeStaleFolders(folder: string, name: string, now: number): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (entry === name) continue;
    const { mtimeMs } = await stat(join(folder, entry));
    if (now - mtimeMs > STALE_AFTER_MS) await rm(join(folder, entry), { recursive: true, force: true });
  }
}
