/** The file system, as `loadConfig` wants it. */
import { readFileSync } from "node:fs";

/** Undefined: there is no such file, or it is none. */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
