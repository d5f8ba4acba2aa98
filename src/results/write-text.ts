/** Writes a text to a file, whole or not at all. */
import { open, rm } from "node:fs/promises";
import { chunkAt, chunkCount } from "./chunk.ts";

/** Characters that are encoded at a time. People are served between two parts. */
const PART = 200_000;

/** Writes a file that only the current user can read. @throws the error of the system. */
export async function writeText(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    for (let part = 1; part <= chunkCount(text, PART); part++)
      await file.writeFile(chunkAt(text, PART, part).text);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
