/** Decodes files that clients send in base64. A long one is decoded in slices, between which others are served. */
import { setImmediate } from "node:timers/promises";
import { AppError } from "../errors.ts";
import type { FileContent } from "../tools/types.ts";
import type { EncodedFile } from "./stateless-request.ts";

/** Characters of a slice, which are whole groups of four. */
const SLICE = 262_144;

/** @throws AppError `bad_request` for a text that is not base64. */
export async function decodeFile({ base64, mediaType, label, name }: EncodedFile): Promise<FileContent> {
  const bytes = base64.length > SLICE ? await decodeSlices(base64) : Buffer.from(base64, "base64");
  // The decoder skips characters that are not base64, and returns fewer bytes.
  if (bytes.length !== decodedLength(base64))
    throw new AppError("bad_request", `${label}: the file is not valid base64.`);
  return { name, mediaType, bytes };
}

/** @throws AppError `bad_request` for a text that is not base64. */
export async function decodeFiles(files: readonly EncodedFile[]): Promise<readonly FileContent[]> {
  const decoded: FileContent[] = [];
  for (const file of files) decoded.push(await decodeFile(file));
  return decoded;
}

async function decodeSlices(base64: string): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.allocUnsafeSlow(decodedLength(base64));
  let length = 0;
  for (let start = 0; start < base64.length; start += SLICE) {
    length += bytes.write(base64.slice(start, start + SLICE), length, "base64");
    await setImmediate();
  }
  return length === bytes.length ? bytes : bytes.subarray(0, length);
}

/** Returns the bytes that base64 stands for. */
function decodedLength(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return Math.floor(((base64.length - padding) * 3) / 4);
}
