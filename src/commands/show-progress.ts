/** Prints a progress message during slow steps of a command. */
import type { Terminal } from "./types.ts";

export const LOADING_DOCUMENTS = "Loading API documents";

/** Awaits the promise. Prints the message when it takes longer than a second. */
export async function withProgressMessage<T>(
  terminal: Terminal,
  message: string,
  promise: Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => terminal.err(`${message} …\n`), 1000);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
