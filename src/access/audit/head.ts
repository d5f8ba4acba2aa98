/**
 * The head of an audit log: the number and the hash of its last line, kept apart from the log. It shows that lines are missing
 * at the end.
 */
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { hashShort } from "../short-hash.ts";
import type { ChainLink } from "./chain.ts";

/** Returns the file of the head in the data folder. */
export function headPath(dataDir: string, log: string): string {
  return join(dataDir, `audit-head-${hashShort(resolve(log))}.json`);
}

/** Returns the head; undefined when there is none. */
export async function readHead(path: string): Promise<ChainLink | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const [, seq, hash] = /^\{"seq":"(\d{15})","hash":"([0-9a-f]{64})"\}\n$/.exec(text) ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}

/** Writes the head after each batch of lines. */
export class HeadWriter {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws Error of the file system */
  static async open(path: string): Promise<HeadWriter> {
    await mkdir(dirname(path), { recursive: true });
    return new HeadWriter(await open(path, constants.O_RDWR | constants.O_CREAT, 0o600));
  }

  /** @throws Error of the file system */
  async write({ seq, hash }: ChainLink): Promise<void> {
    // Each head has the same length and takes the place of the one before it, so that a crash cannot leave half of one.
    await this.#handle.write(`${JSON.stringify({ seq: String(seq).padStart(15, "0"), hash })}\n`, 0);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
