import type { Terminal } from "./types.ts";

export const READING = "Reading the API's description";

/** Says what is going on when it takes longer than a second. */
export async function patiently<T>(terminal: Terminal, what: string, work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => terminal.err(`${what} …\n`), 1000);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
