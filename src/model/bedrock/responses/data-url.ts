/** Files as data URLs. A file is encoded once for all rounds and turns that send it. */
import { FileTexts } from "../file-texts.ts";

const texts = new FileTexts<string>(50_000_000);

export function toDataUrl(mediaType: string, bytes: Uint8Array): string {
  const kept = texts.get(bytes);
  if (kept !== undefined) return kept;
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
  const url = `data:${mediaType};base64,${base64}`;
  texts.set(bytes, url);
  return url;
}
