/** The worker that parses one long text of a client, away from the thread that serves people. */
import { parseJson } from "../../json.ts";
import { serveTask } from "../../workers/serve-task.ts";
import { findExcess, findIllFormed } from "./json-limits.ts";
import { divideJson } from "./json-pieces.ts";
import type { LongJsonOutput } from "./long-json.ts";

serveTask(({ data }) => {
  const text = typeof data === "string" ? data : decode(data);
  const about = { length: text.length, hash: new Bun.CryptoHasher("sha256").update(text).digest("base64") };
  const end = (output: Omit<LongJsonOutput, "length" | "hash">, texts: readonly string[] = []) => ({
    texts,
    output: { ...about, ...output } satisfies LongJsonOutput,
  });
  const excess = findExcess(text);
  if (excess) return end({ pieces: [], excess });
  try {
    const value = parseJson(text);
    const illFormed = findIllFormed(text, value);
    if (illFormed) return end({ pieces: [], illFormed });
    const { pieces, texts } = divideJson(value);
    return end({ pieces, hasLongIntegers: hasLongIntegers(value) }, texts);
  } catch (error) {
    return end({ pieces: [], syntaxError: error instanceof Error ? error.message : String(error) });
  }
});

function decode(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}

function hasLongIntegers(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "bigint";
  return Object.values(value).some(hasLongIntegers);
}
