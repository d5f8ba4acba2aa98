/** Streams exports to and from files and standard streams, without holding them in memory. */
import { open, rename, rm } from "node:fs/promises";
import { StartError } from "../../errors.ts";
import type { Terminal } from "../types.ts";

export interface Output {
  /** Resolves when more text can be written. */
  write(text: string): Promise<void>;
  end(): Promise<void>;
  /** Removes what was written, so that no incomplete file is left. */
  discard(): Promise<void>;
}

/**
 * Opens a file that only this user can read. The file gets its name when it is complete. `-` is standard output.
 * @throws StartError
 */
export async function openOutput(file: string, terminal: Pick<Terminal, "out" | "flush">): Promise<Output> {
  if (file === "-") {
    const write = (text: string) => {
      terminal.out(text);
      return terminal.flush();
    };
    return { write, end: terminal.flush, discard: async () => undefined };
  }
  const temporaryFile = `${file}.part`;
  const handle = await open(temporaryFile, "w", 0o600).catch((error: Error) => {
    throw new StartError(`${file} cannot be written: ${error.message}`);
  });
  return {
    write: async (text) => void (await handle.writeFile(text)),
    async end() {
      await handle.sync();
      await handle.close();
      await rename(temporaryFile, file);
    },
    async discard() {
      await handle.close();
      await rm(temporaryFile, { force: true });
    },
  };
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
