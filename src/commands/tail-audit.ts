/** `specchat audit tail`: prints the last entries of an audit log, and with `--follow` those that are added. */
import { open, stat } from "node:fs/promises";
import { listLogFiles } from "../access/audit/log-file.ts";
import { StartError } from "../errors.ts";
import type { CommandContext } from "./types.ts";

/** Entries that are printed at first. */
const TAIL_LINES = 20;
const POLL_MS = 300;
/** Bytes that are read at once. */
const CHUNK_SIZE = 1_000_000;

type TailContext = Pick<CommandContext, "ports" | "stop" | "terminal">;

/** @throws StartError when there is no such log */
export async function tailAudit(path: string, isFollowed: boolean, context: TailContext): Promise<0> {
  const files = await listLogFiles(path);
  const newest = files.at(-1);
  if (newest === undefined) throw new StartError(`File not found: ${path}`);
  const { lines, position } = await readLastLines(files, path);
  for (const line of lines) context.terminal.out(`${line}\n`);
  if (isFollowed) await follow(path, position, context);
  return 0;
}

/** A place in a file, which keeps its inode when it is renamed. */
interface Position {
  readonly inode: number;
  readonly offset: number;
}

interface LogFile {
  readonly file: string;
  readonly inode: number;
  /** Bytes. */
  readonly size: number;
}

/** Returns the last lines of all files, and the end of the newest. */
async function readLastLines(
  files: readonly string[],
  path: string,
): Promise<{ readonly lines: readonly string[]; readonly position: Position }> {
  let lines: readonly string[] = [];
  let position: Position = { inode: 0, offset: 0 };
  for (const file of files.toReversed()) {
    const { ino: inode, size } = await stat(file);
    const from = Math.max(0, size - CHUNK_SIZE);
    const part = await readLines(file, inode, from, size);
    // The log was rotated meanwhile.
    if (!part) return await readLastLines(await listLogFiles(path), path);
    const { texts, end } = part;
    if (position.inode === 0) position = { inode, offset: end };
    // The first line of a part is the rest of one.
    lines = [...texts.slice(from > 0 ? 1 : 0), ...lines].slice(-TAIL_LINES);
    if (lines.length === TAIL_LINES) break;
  }
  return { lines, position };
}

/** Prints the lines that are added until `stop`. A file that is renamed is read to its end before the next one. */
async function follow(path: string, start: Position, { ports, stop, terminal }: TailContext): Promise<void> {
  let position = start;
  while (!stop.aborted) {
    const files = await listFiles(path);
    // -1 when the file is gone: then the newest follows.
    const known = files.findIndex(({ inode }) => inode === position.inode);
    reading: for (const { file, inode, size } of files.slice(known)) {
      if (inode !== position.inode) position = { inode, offset: 0 };
      for (;;) {
        const part = await readLines(file, inode, position.offset, size);
        // The log was rotated meanwhile: the next round finds the file under its new name.
        if (!part) break reading;
        const { texts, end } = part;
        position = { inode, offset: end };
        if (texts.length === 0) break;
        for (const line of texts) terminal.out(`${line}\n`);
      }
    }
    await ports.sleep(POLL_MS, stop);
  }
}

/** Returns the files of a log in order. They are listed again when the log is rotated meanwhile: a name may be that of another file. */
async function listFiles(path: string): Promise<readonly LogFile[]> {
  for (;;) {
    const listed = await listLogFiles(path);
    const files = await Promise.all(listed.map(async (file) => ({ file, ...(await readSize(file)) })));
    if (Bun.deepEquals(listed, await listLogFiles(path))) return files;
  }
}

async function readSize(file: string): Promise<Omit<LogFile, "file">> {
  const found = await stat(file).catch(() => undefined);
  return { inode: found?.ino ?? 0, size: found?.size ?? 0 };
}

/**
 * Returns the whole lines of a part of a file, at most of {@link CHUNK_SIZE} bytes, and the offset behind them; undefined when
 * the file of that inode has another name now.
 */
async function readLines(
  file: string,
  inode: number,
  from: number,
  size: number,
): Promise<{ readonly texts: readonly string[]; readonly end: number } | undefined> {
  const to = Math.min(size, from + CHUNK_SIZE);
  if (to <= from) return { texts: [], end: from };
  const handle = await open(file, "r").catch((error: { code?: string }) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!handle) return undefined;
  try {
    if ((await handle.stat()).ino !== inode) return undefined;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
    const length = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
    const text = buffer.toString("utf8", 0, length);
    return { texts: text.split("\n").filter((line) => line !== ""), end: from + length };
  } finally {
    await handle.close();
  }
}
