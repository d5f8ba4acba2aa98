/** Verifies audit logs: every line is there, unchanged and in order. */
import { readFile } from "node:fs/promises";
import { CHAIN_START, type ChainedLine, type ChainLink, follows, hashText, parseLine } from "./chain.ts";

export interface Verification {
  readonly lines: number;
  /** The number of the first line. Greater than 1 when older files have been moved away. */
  readonly first: number;
  readonly last: ChainLink;
  /** One line each: where, and what is wrong. */
  readonly problems: readonly string[];
  /** What is worth knowing and not wrong. */
  readonly notes: readonly string[];
}

/** Problems that are named. There may be thousands when a key is wrong. */
const MAX_PROBLEMS = 20;

export interface VerifyOptions {
  readonly key?: string | undefined;
  /** The last line as it is recorded apart from the log. */
  readonly head?: ChainLink | undefined;
  /** Each process begins a chain, as on standard output. Lines of other programs are passed over. */
  readonly isOutput?: boolean;
}

/** Verifies the lines of a log, whose files are given oldest first. */
export class Verifier {
  readonly #options: VerifyOptions;
  readonly #problems: string[] = [];
  readonly #notes: string[] = [];
  #problemCount = 0;
  #lines = 0;
  #first = 0;
  #last: ChainLink = CHAIN_START;
  #isHeadFound = false;
  /** Lines that are not of the chain, until an entry explains them. */
  #broken: { readonly place: string; readonly hash: string }[] = [];

  constructor(options: VerifyOptions = {}) {
    this.#options = options;
  }

  async addFile(path: string): Promise<void> {
    this.addText(path, await readFile(path, "utf8"));
  }

  addText(name: string, text: string): void {
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    for (const [index, line] of lines.entries()) this.#addLine(line, `${name}:${index + 1}`);
  }

  finish(): Verification {
    for (const { place } of this.#broken) this.#report(`${place}: the line is not one of the log`);
    this.#checkHead();
    if (this.#first > 1)
      this.#notes.push(`The log begins at line ${this.#first}: older files are not in the folder.`);
    const hidden = this.#problemCount - this.#problems.length;
    return {
      lines: this.#lines,
      first: this.#first,
      last: this.#last,
      problems: hidden > 0 ? [...this.#problems, `${hidden} more problems`] : this.#problems,
      notes: this.#notes,
    };
  }

  #addLine(text: string, place: string): void {
    const line = parseLine(text);
    if (line) this.#addChained(line, place);
    else if (!this.#options.isOutput) this.#broken.push({ place, hash: hashText(text) });
  }

  #addChained(line: ChainedLine, place: string): void {
    const entry = readEntry(line.content);
    if (this.#lines === 0 || (this.#options.isOutput && line.seq === 1)) this.#begin(line, entry);
    const expected = this.#last.seq + 1;
    if (line.seq > expected)
      this.#report(`${place}: ${describeMissing(line.seq - expected)} before line ${line.seq}`);
    else if (line.seq < expected)
      this.#report(`${place}: line ${line.seq} is repeated or in the wrong place`);
    else if (!follows(this.#last.hash, line, this.#options.key))
      this.#report(`${place}: line ${line.seq} was changed, or the line before it was`);
    this.#readNotice(entry, place);
    this.#lines++;
    if (line.seq >= expected) this.#last = { seq: line.seq, hash: line.hash };
    const { head } = this.#options;
    if (head?.seq === line.seq && head.hash === line.hash) this.#isHeadFound = true;
  }

  /** Begins a chain. The first line of a file has the hash of the line before it, which may be in a file that was moved away. */
  #begin({ seq }: ChainedLine, { event, previous }: Entry): void {
    if (this.#lines === 0) this.#first = seq;
    const before = seq > 1 && event === "log_opened" && typeof previous === "string" ? previous : undefined;
    this.#last = { seq: seq - 1, hash: before ?? CHAIN_START.hash };
  }

  /** Reads the log's entries on itself. A line that a crash has broken is explained by its hash. */
  #readNotice({ event, fragments, expected, count }: Entry, place: string): void {
    if (event === "log_truncated")
      this.#report(
        `${place}: at this start, lines up to ${String(expected)} were missing at the end of the log`,
      );
    if (event === "entries_lost")
      this.#notes.push(`${place}: ${String(count)} entries were lost while the log could not be written.`);
    // The entry is the second one after a start.
    if (event === "log_opened" && this.#broken.length > 0) return;
    const known: readonly unknown[] = event === "log_repaired" && Array.isArray(fragments) ? fragments : [];
    for (const broken of this.#broken) {
      if (known.includes(broken.hash)) this.#notes.push(`${broken.place}: a crash broke this line.`);
      else this.#report(`${broken.place}: the line is not one of the log`);
    }
    this.#broken = [];
  }

  #checkHead(): void {
    const { head } = this.#options;
    if (!head || this.#isHeadFound) return;
    if (head.seq > this.#last.seq)
      this.#report(`end: ${describeMissing(head.seq - this.#last.seq)} after line ${this.#last.seq}`);
    else this.#report(`line ${head.seq} is not the one that was written`);
  }

  #report(problem: string): void {
    this.#problemCount++;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
  }
}

type Entry = Readonly<Record<string, unknown>>;

function readEntry(content: string): Entry {
  try {
    return JSON.parse(content) as Entry;
  } catch {
    return {};
  }
}

function describeMissing(count: number): string {
  return count === 1 ? "1 line is missing" : `${count} lines are missing`;
}
