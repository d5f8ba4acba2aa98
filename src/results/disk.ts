import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ResultDisk } from "./types.ts";

/** What a process that was killed left behind is removed by a later one. */
const LEFT_BEHIND_MS = 7 * 24 * 3600 * 1000;

/**
 * A folder of its own below `folder`, made at the first write, readable by this user alone.
 * @param name unlike that of any other process.
 */
export function createDisk(folder: string, name: string, now: () => number): ResultDisk {
  const own = join(folder, name);
  let made: Promise<unknown> | undefined;
  const make = async () => {
    await mkdir(own, { recursive: true, mode: 0o700 });
    await removeLeftBehind(folder, name, now()).catch(() => undefined);
  };
  return {
    async write(file, text) {
      made ??= make();
      await made;
      await writeFile(join(own, file), text, { mode: 0o600 });
    },
    read: (file) => readFile(join(own, file), "utf8").catch(() => undefined),
    remove: (file) => rm(join(own, file), { force: true }),
    async removeAll() {
      if (made === undefined) return;
      await made.catch(() => undefined);
      made = undefined;
      await rm(own, { recursive: true, force: true });
    },
  };
}

async function removeLeftBehind(folder: string, name: string, now: number): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (entry === name) continue;
    const { mtimeMs } = await stat(join(folder, entry));
    if (now - mtimeMs > LEFT_BEHIND_MS) await rm(join(folder, entry), { recursive: true, force: true });
  }
}
