/** Streams exports to and from files and standard streams, without holding them in memory. */
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { StartError } from "../../errors.ts";
import { isClosedPipe } from "../output.ts";
import type { Terminal } from "../types.ts";
import { findOutputFile } from "./output-file.ts";

export interface Output {
  /**
   * Resolves when more text can be written; to false when the reader of a pipe has left and wants no more.
   * @throws StartError
   */
  write(text: string): Promise<boolean>;
  /** @throws StartError */
  end(): Promise<void>;
  /** Removes what was written, so that no incomplete file is left. */
  discard(): Promise<void>;
}

/**
 * Opens a file that only this user can read. A plain file gets its content when it is complete. Symbolic links stay. Pipes
 * and devices are written as they are. `-` is standard output.
 * @throws StartError
 */
export async function openOutput(file: string, terminal: Pick<Terminal, "out" | "flush">): Promise<Output> {
  if (file === "-") {
    const write = async (text: string) => {
      terminal.out(text);
      await terminal.flush();
      return true;
    };
    return { write, end: terminal.flush, discard: async () => undefined };
  }
  const fail = (error: Error): never => {
    throw new StartError(`${file} cannot be written: ${error.message}`);
  };
  const target = await findOutputFile(file).catch(fail);
  const isReplaced = target.mode === "replace";
  const openedPath = isReplaced ? `${target.path}.${crypto.randomUUID()}.part` : target.path;
  const handle = await open(openedPath, isReplaced ? "wx" : "a", 0o600).catch(fail);
  return {
    write: (text) => writeText(handle, text).catch(fail),
    async end() {
      if (isReplaced) await handle.sync().catch(fail);
      await handle.close().catch(fail);
      if (isReplaced) await rename(openedPath, target.path).catch(fail);
    },
    async discard() {
      await handle.close().catch(() => undefined);
      if (isReplaced) await rm(openedPath, { force: true });
    },
  };
}

async function writeText(handle: FileHandle, text: string): Promise<boolean> {
  try {
    await handle.writeFile(text);
    return true;
  } catch (error) {
    if (isClosedPipe(error)) return false;
    throw error;
  }
}

export interface NumberedLine {
  /** The line number, from 1. */
  readonly number: number;
  readonly text: string;
}

/** Yields the lines that are not empty. */
export async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<NumberedLine> {
  let number = 0;
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = decoder.decode(chunk, { stream: true }).split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? "";
    for (const text of lines) {
      number += 1;
      if (text.trim() !== "") yield { number, text };
    }
  }
  rest += decoder.decode();
  if (rest.trim() !== "") yield { number: number + 1, text: rest };
}
