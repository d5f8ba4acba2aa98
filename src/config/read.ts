/** Reads files for `loadConfig`. */
import { readFileSync } from "node:fs";

/** Returns the text of a file, or undefined when it cannot be read. */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
