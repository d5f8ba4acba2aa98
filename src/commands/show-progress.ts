import type { Terminal } from "./types.ts";

export const READING_DOCUMENTS = "Reading the API's description";

/** Says what is going on when it takes longer than a second. */
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
