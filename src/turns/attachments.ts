/** Stores the attachments of a session's messages under unique names. */
import { randomUUID } from "node:crypto";
import type { CallerId } from "../access/types.ts";
import type { Message, ResultFile, SessionId } from "../chat/types.ts";
import { detectContents } from "../files/contents.ts";
import type { FileCache } from "../store/file-cache.ts";
import type { FileContent } from "../tools/types.ts";

export class SessionAttachments {
  readonly #files: FileCache;
  readonly #scope: { readonly owner: CallerId; readonly session: SessionId };
  readonly #ids = new Map<string, string>();
  /** How many files of a name were numbered, so that the next one is found at once. */
  readonly #counts = new Map<string, number>();

  constructor(files: FileCache, scope: { owner: CallerId; session: SessionId }) {
    this.#files = files;
    this.#scope = scope;
  }

  /** Stores files, each under a name that is unique within the session. */
  save(files: readonly FileContent[]): readonly ResultFile[] {
    return files.map(({ name, mediaType, bytes }) => {
      const contents = detectContents(bytes, mediaType, name);
      const file = {
        id: randomUUID(),
        name: this.#uniqueName(sanitizeName(name)),
        mediaType,
        size: bytes.length,
        ...(contents && { contents }),
      };
      this.#files.save({ ...file, ...this.#scope, bytes: ownBytes(bytes) });
      this.#ids.set(file.name, file.id);
      return file;
    });
  }

  /** Learns the attachments of stored messages, which have their names already. */
  restore(messages: readonly Message[]): void {
    for (const message of messages)
      if (message.role === "user")
        for (const { name, id } of message.attachments ?? []) this.#ids.set(name, id);
  }

  /** Returns undefined when there is no such attachment, or when it was evicted. */
  find(name: string): FileContent | undefined {
    return this.#files.read(this.#ids.get(name) ?? "");
  }

  #uniqueName(name: string): string {
    const [, stem = name, extension = ""] = /^(.*?)(\.[^.]{1,10})?$/.exec(name) ?? [];
    for (let count = (this.#counts.get(name) ?? 0) + 1; ; count++) {
      this.#counts.set(name, count);
      const candidate = count === 1 ? name : `${stem} (${count})${extension}`;
      if (!this.#ids.has(candidate)) return candidate;
    }
  }
}

/** Returns bytes whose buffer has nothing else, so that a short file does not keep a long buffer. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}

/** Returns the last part of a path, without characters that would break the model's line about it. */
function sanitizeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const plain = last
    .replace(/[\p{Cc}"[\]]/gu, "")
    .trim()
    .slice(0, 100);
  return plain === "" ? "file" : plain;
}
