/** Stores results that outlive the process: each is written to a file at once, and recent ones are also in memory. */
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SessionId } from "../chat/types.ts";
import type { ResultId, ResultStore, StoredResultLookup } from "./types.ts";
import { writeText } from "./write-text.ts";

export interface PersistentResultsOptions {
  /** A folder that only this process writes to. Created with the first result, readable by the current user only. */
  readonly folder: string;
  /** The number of characters of all files. Beyond it the oldest are evicted. */
  readonly maxSize: number;
  /** Milliseconds after which a file is evicted. */
  readonly maxAgeMs: number;
  readonly now: () => number;
}

interface StoredResultFile {
  readonly path: string;
  readonly size: number;
  readonly at: number;
}

/** @param memory holds results while there is capacity and the session is in memory. */
export function createPersistentResults(memory: ResultStore, options: PersistentResultsOptions): ResultStore {
  const { folder, maxSize, maxAgeMs, now } = options;
  const folderOf = (session: SessionId) => join(folder, session);
  let files: StoredResultFile[] | undefined;

  async function write(session: SessionId, name: string, text: string): Promise<void> {
    files ??= await listResultFiles(folder);
    await mkdir(folderOf(session), { recursive: true, mode: 0o700 });
    const path = join(folderOf(session), name);
    await writeText(path, text);
    files.push({ path, size: text.length, at: now() });
    await evictOld(files);
  }

  async function evictOld(all: StoredResultFile[]): Promise<void> {
    let size = all.reduce((sum, file) => sum + file.size, 0);
    while (all.length > 0) {
      const [oldest] = all;
      if (!oldest || (size <= maxSize && now() - oldest.at <= maxAgeMs)) return;
      all.shift();
      size -= oldest.size;
      await rm(oldest.path, { force: true });
    }
  }

  /** Reads a result from its file. The file name holds the chunk size, so that chunk numbers stay valid. */
  async function read(session: SessionId, id: string): Promise<StoredResultLookup | undefined> {
    const names = await readdir(folderOf(session)).catch(() => []);
    const name = names.find((file) => file.startsWith(`${id}-`));
    const text = name && (await readFile(join(folderOf(session), name), "utf8").catch(() => undefined));
    if (name === undefined || text === undefined) return undefined;
    return {
      outcome: "found",
      result: { id: id as ResultId, text, chunkSize: Number.parseInt(name.slice(id.length + 1), 10) },
    };
  }

  return {
    async save(session, text, chunkSize) {
      const id = await memory.save(session, text, chunkSize);
      // A full or read-only disk does not fail the turn. The result is then available while the session is in memory.
      await write(session, `${id}-${chunkSize}.txt`, text).catch(() => undefined);
      return id;
    },
    async find(session, id) {
      const found = await memory.find(session, id);
      const name = id.trim();
      if (found.outcome === "found" || !/^r\d{1,9}$/.test(name)) return found;
      return (await read(session, name)) ?? found;
    },
    restoreCount: (session, countIds, owner) => memory.restoreCount(session, countIds, owner),
    release: (session) => memory.release(session),
    async deleteSession(session) {
      await memory.deleteSession(session);
      files = files?.filter(({ path }) => !path.startsWith(join(folderOf(session), "/")));
      await rm(folderOf(session), { recursive: true, force: true }).catch(() => undefined);
    },
    close: () => memory.close(),
  };
}

/** Lists the files, oldest first. */
async function listResultFiles(folder: string): Promise<StoredResultFile[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith(".txt"))
      .map(async (name) => {
        const path = join(folder, name);
        const { size, mtimeMs: at } = await stat(path);
        return { path, size, at };
      }),
  );
  return found.sort((a, b) => a.at - b.at);
}
