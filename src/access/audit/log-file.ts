/** The files of an audit log: opened at their end, repaired after a crash, and renamed when they are full or a day is over. */
import { type FileHandle, mkdir, open, readdir, rename, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CHAIN_START, type ChainLink, hashText, parseLine } from "./chain.ts";

/** Bytes that are read from the end of a file. A line is shorter by far. */
const TAIL_SIZE = 1_000_000;

/** The end of a log. */
export interface LogEnd {
  readonly link: ChainLink;
  /** Hashes of broken lines after the last whole one, which a crash has left. */
  readonly fragments: readonly string[];
  /** The day of the last line, in UTC: `2026-11-29`; empty without one. */
  readonly day: string;
}

/** An open log file. Another process must not write to it. */
export class LogFile {
  readonly path: string;
  readonly end: LogEnd;
  readonly #handle: FileHandle;
  readonly #inode: number;
  #size: number;

  private constructor(path: string, handle: FileHandle, inode: number, size: number, end: LogEnd) {
    this.path = path;
    this.#handle = handle;
    this.#inode = inode;
    this.#size = size;
    this.end = end;
  }

  /** Opens or creates the file, readable by its owner only, and closes a broken line with a line break. */
  static async open(path: string): Promise<LogFile> {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, "a+", 0o600);
    try {
      const { ino, size } = await handle.stat();
      if (size === 0) return new LogFile(path, handle, ino, 0, await readNewestEnd(path));
      const tail = await readTail(handle, size);
      if (!tail.endsWith("\n")) await handle.appendFile("\n");
      const current = await handle.stat();
      return new LogFile(path, handle, ino, current.size, await findEnd(tail, path));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Checks whether the path still leads to this file. Another program may have moved it. */
  async isCurrent(): Promise<boolean> {
    return (await stat(this.path).catch(() => undefined))?.ino === this.#inode;
  }

  /**
   * Appends lines and waits until they are on the disk.
   * @throws Error of the file system, and {@link ForeignWriterError}
   */
  async append(lines: string): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size !== this.#size) throw new ForeignWriterError(this.path);
    await this.#handle.appendFile(lines);
    await this.#handle.datasync();
    this.#size += Buffer.byteLength(lines);
  }

  /** Renames the file, so that the next one can have its path. `name` is appended to it. */
  async moveTo(name: string): Promise<void> {
    await this.close();
    await rename(this.path, `${this.path}.${name}`);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Two processes write to one file. */
export class ForeignWriterError extends Error {
  constructor(path: string) {
    super(`another process writes to ${path}; give each process its own file, and restart`);
  }
}

/** Returns the files of a log, oldest first: those that were renamed, then the one that is written. */
export async function listLogFiles(path: string): Promise<readonly string[]> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch(() => [] as string[]);
  const renamed = names.filter((name) => name.startsWith(prefix)).map((name) => join(dirname(path), name));
  const files = names.includes(basename(path)) ? [...renamed, path] : renamed;
  const numbered = await Promise.all(
    files.map(async (file) => ({
      file,
      seq: (await readFirstNumber(file)) ?? (file === path ? Number.MAX_SAFE_INTEGER : undefined),
    })),
  );
  return numbered
    .filter(({ seq }) => seq !== undefined)
    .sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
    .map(({ file }) => file);
}

/** Returns the number of the first line; undefined when the file is none of a log. */
async function readFirstNumber(path: string): Promise<number | undefined> {
  const start = await Bun.file(path)
    .slice(0, 40)
    .text()
    .catch(() => "");
  const [, seq] = /^\{"seq":(\d{1,15}),/.exec(start) ?? [];
  return seq === undefined ? undefined : Number(seq);
}

/** Returns the end of the newest renamed file. A new file continues its chain. */
async function readNewestEnd(path: string): Promise<LogEnd> {
  for (const file of (await listLogFiles(path)).toReversed()) {
    if (file === path) continue;
    const { size } = await stat(file);
    const text = await Bun.file(file)
      .slice(Math.max(0, size - TAIL_SIZE))
      .text();
    const end = findLastLine(text);
    if (end) return { ...end, fragments: [] };
  }
  return { link: CHAIN_START, fragments: [], day: "" };
}

async function readTail(handle: FileHandle, size: number): Promise<string> {
  const length = Math.min(size, TAIL_SIZE);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString("utf8");
}

/** Broken lines that a crash can leave. A file with more is something else. */
const MAX_FRAGMENTS = 3;

/** Returns the end of a file with such a tail, or of the file before it when there is no whole line. */
async function findEnd(tail: string, path: string): Promise<LogEnd> {
  const end = findLastLine(tail) ?? { ...(await readNewestEnd(path)), fragments: splitLines(tail) };
  const fragments = end.fragments.length > MAX_FRAGMENTS ? [] : end.fragments.map(hashText);
  return { ...end, fragments };
}

/** Returns the last whole line and the lines after it; undefined without a whole line. */
function findLastLine(tail: string): LogEnd | undefined {
  const lines = splitLines(tail);
  const index = lines.findLastIndex((line) => parseLine(line) !== undefined);
  const link = parseLine(lines[index] ?? "");
  if (!link) return undefined;
  const { seq, hash, content } = link;
  const [, day = ""] = /"at":"(\d{4}-\d\d-\d\d)/.exec(content) ?? [];
  return { link: { seq, hash }, fragments: lines.slice(index + 1), day };
}

function splitLines(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n");
}
