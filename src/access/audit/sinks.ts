/** Where the lines of an audit log go: a file that is renamed when it is full or a day is over, or standard output. */
import { CHAIN_START, type ChainLink, chainEntry } from "./chain.ts";
import { HeadWriter, readHead } from "./head.ts";
import { ForeignWriterError, LogFile } from "./log-file.ts";

/** Takes the entries of a log, in order. */
export interface AuditSink {
  /** Resolves when the entries, each a JSON object, are kept. @throws Error when they are not; the caller offers them again */
  write(entries: readonly string[]): Promise<void>;
  /** The last line that is kept. */
  readonly link: ChainLink;
  close(): Promise<void>;
}

export interface FileSinkOptions {
  readonly path: string;
  readonly headPath: string;
  readonly key?: string | undefined;
  /** Bytes after which a new file begins. */
  readonly maxSize: number;
  readonly now: () => Date;
}

/**
 * Writes to a file. Entries are on the disk when `write` resolves. After a failure the file is opened again, since what is in it
 * decides how the chain goes on.
 */
export class FileSink implements AuditSink {
  readonly #options: FileSinkOptions;
  #file: LogFile | undefined;
  #head: HeadWriter | undefined;
  #link = CHAIN_START;
  /** The day of the lines in the file, in UTC. */
  #day = "";
  #conflict: ForeignWriterError | undefined;

  private constructor(options: FileSinkOptions) {
    this.#options = options;
  }

  /** @throws Error of the file system */
  static async open(options: FileSinkOptions): Promise<FileSink> {
    const sink = new FileSink(options);
    try {
      await sink.#openFile();
    } catch (error) {
      await sink.close();
      throw error;
    }
    return sink;
  }

  get link(): ChainLink {
    return this.#link;
  }

  async write(entries: readonly string[]): Promise<void> {
    if (this.#conflict) throw this.#conflict;
    try {
      // Another program may have moved the file.
      if (this.#file && !(await this.#file.isCurrent())) await this.#closeFile();
      if (this.#file && this.#isOver(this.#file)) await this.#moveFile(this.#file);
      if (!this.#file) await this.#openFile();
      await this.#append(entries);
    } catch (error) {
      if (error instanceof ForeignWriterError) this.#conflict = error;
      await this.#closeFile();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#closeFile();
    await this.#head?.close();
    this.#head = undefined;
  }

  async #openFile(): Promise<void> {
    const { path, headPath, now } = this.#options;
    const head = await readHead(headPath);
    this.#head ??= await HeadWriter.open(headPath);
    this.#file = await LogFile.open(path);
    const { link, fragments, day } = this.#file.end;
    this.#link = link;
    const at = now().toISOString();
    this.#day = (this.#file.size > 0 && day) || at.slice(0, DAY);
    const entries = [
      { at, event: "log_opened", previous: link.hash },
      ...(fragments.length > 0 ? [{ at, event: "log_repaired", fragments }] : []),
      ...(head && head.seq > link.seq ? [{ at, event: "log_truncated", expected: head.seq }] : []),
    ];
    await this.#append(entries.map((entry) => JSON.stringify(entry)));
  }

  #isOver({ size }: LogFile): boolean {
    const { maxSize, now } = this.#options;
    return size >= maxSize || this.#day !== now().toISOString().slice(0, DAY);
  }

  /** Renames the file to `FILE.DAY.NUMBER`, with the number of its last line. */
  async #moveFile(file: LogFile): Promise<void> {
    this.#file = undefined;
    await file.moveTo(`${this.#day}.${this.#link.seq}`);
  }

  async #append(entries: readonly string[]): Promise<void> {
    const { lines, link } = chainEntries(this.#link, entries, this.#options.key);
    await this.#file?.append(lines);
    this.#link = link;
    await this.#head?.write(link);
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }
}

/** The length of `2026-11-29`. */
const DAY = 10;

/** Writes to standard output. Each process begins a chain of its own. */
export class OutputSink implements AuditSink {
  readonly #write: (text: string) => Promise<unknown>;
  readonly #options: Pick<FileSinkOptions, "key" | "now">;
  #link = CHAIN_START;

  constructor(write: (text: string) => Promise<unknown>, options: Pick<FileSinkOptions, "key" | "now">) {
    this.#write = write;
    this.#options = options;
  }

  get link(): ChainLink {
    return this.#link;
  }

  async write(entries: readonly string[]): Promise<void> {
    const { key, now } = this.#options;
    const opened = { at: now().toISOString(), event: "log_opened", previous: CHAIN_START.hash };
    const isFirst = this.#link === CHAIN_START;
    const all = isFirst ? [JSON.stringify(opened), ...entries] : entries;
    const { lines, link } = chainEntries(this.#link, all, key);
    await this.#write(lines);
    this.#link = link;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function chainEntries(
  previous: ChainLink,
  entries: readonly string[],
  key: string | undefined,
): { readonly lines: string; readonly link: ChainLink } {
  let link = previous;
  const lines = entries.map((entry) => {
    const chained = chainEntry(link, entry, key);
    link = chained.link;
    return `${chained.line}\n`;
  });
  return { lines: lines.join(""), link };
}
