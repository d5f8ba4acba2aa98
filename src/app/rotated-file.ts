/**
 * The file of the log. It is renamed when it is too large or too old, and opened again on request, for programs that rename it.
 * Lines are appended, so that another program may also truncate it. A failure of the disk loses lines, and nothing else.
 */
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

export interface RotatedFileOptions {
  readonly path: string;
  /** Bytes after which the file is renamed. 0 never renames it. */
  readonly maxSize: number;
  /** Milliseconds after which the file is renamed. 0 never renames it. */
  readonly maxAgeMs: number;
  /** The number of renamed files that are kept: `path.1` is the newest. */
  readonly keep: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when lines begin to be lost. */
  readonly onProblem: (problem: string) => void;
  /** Called when lines are written again. */
  readonly onRecovered: (lostLines: number) => void;
}

/** Characters of lines that wait while the disk is slow. Further lines are lost. */
const MAX_PENDING = 16_000_000;

interface OpenedFile {
  readonly handle: FileHandle;
  readonly since: number;
}

export class RotatedFile {
  readonly #options: RotatedFileOptions;
  #pending: string[] = [];
  #pendingSize = 0;
  #writing: Promise<void> | undefined;
  #file: OpenedFile | undefined;
  #mustReopen = false;
  #lostLines = 0;
  /** A failed write may have left a part of a line. */
  #isBroken = false;

  constructor(options: RotatedFileOptions) {
    this.#options = options;
  }

  /** Writes a line soon. Never throws. */
  write(line: string): void {
    if (this.#pendingSize > MAX_PENDING) {
      this.#lose(1, "the disk is too slow");
      return;
    }
    this.#pending.push(line);
    this.#pendingSize += line.length;
    this.#writing ??= this.#writePending();
  }

  /** Opens the file again before the next line, after another program has renamed it. */
  reopen(): void {
    this.#mustReopen = true;
  }

  /** Resolves when all lines are written or lost. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /** Writes all lines and closes the file. A later line opens it again. */
  async close(): Promise<void> {
    await this.flush();
    await this.#close();
  }

  async #writePending(): Promise<void> {
    // The lines of one tick are written together.
    await undefined;
    while (this.#pending.length > 0) {
      const lines = this.#pending;
      this.#pending = [];
      this.#pendingSize = 0;
      try {
        const { handle } = await this.#prepare();
        const text = `${this.#isBroken ? "\n" : ""}${lines.join("")}`;
        this.#isBroken = true;
        await handle.appendFile(text);
        this.#isBroken = false;
        this.#recover();
      } catch (error) {
        this.#mustReopen = true;
        this.#lose(lines.length, error instanceof Error ? error.message : String(error));
      }
    }
    this.#writing = undefined;
  }

  /** Returns the open file, after renaming it when that is due. */
  async #prepare(): Promise<OpenedFile> {
    const { maxAgeMs, maxSize, now } = this.#options;
    if (this.#mustReopen) await this.#close();
    this.#mustReopen = false;
    this.#file ??= await this.#open();
    // Read from the disk, since another program may have truncated the file.
    const { size } = await this.#file.handle.stat();
    const isLarge = maxSize > 0 && size >= maxSize;
    const isOld = maxAgeMs > 0 && size > 0 && now() - this.#file.since >= maxAgeMs;
    if (!isLarge && !isOld) return this.#file;
    await this.#close();
    await this.#shift();
    this.#file = await this.#open();
    return this.#file;
  }

  async #open(): Promise<OpenedFile> {
    const { now, path } = this.#options;
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, "a", 0o640);
    const { birthtimeMs, size } = await handle.stat();
    return { handle, since: size > 0 && birthtimeMs > 0 ? birthtimeMs : now() };
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close().catch(() => {});
  }

  /** Renames `path` to `path.1`, that to `path.2`, and so on. The oldest is deleted. */
  async #shift(): Promise<void> {
    const { keep, path } = this.#options;
    if (keep === 0) return await rm(path, { force: true });
    for (let index = keep; index > 0; index--)
      await rename(index === 1 ? path : `${path}.${index - 1}`, `${path}.${index}`).catch((error) => {
        if (error.code !== "ENOENT") throw error;
      });
  }

  #lose(lines: number, problem: string): void {
    if (this.#lostLines === 0) this.#options.onProblem(problem);
    this.#lostLines += lines;
  }

  #recover(): void {
    const lost = this.#lostLines;
    this.#lostLines = 0;
    if (lost > 0) this.#options.onRecovered(lost);
  }
}
