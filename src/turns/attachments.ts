/** What a person attaches to a message: checked, named, and kept beside the session's other files. */
import { randomUUID } from "node:crypto";
import type { CallerId } from "../access/types.ts";
import type { Message, ResultFile, SessionId } from "../chat/types.ts";
import { detectContents } from "../files/contents.ts";
import type { FileStore } from "../store/file-store.ts";
import type { FileContent } from "../tools/types.ts";

export class SessionAttachments {
  readonly #files: FileStore;
  readonly #scope: { readonly owner: CallerId; readonly session: SessionId };
  readonly #ids = new Map<string, string>();

  constructor(files: FileStore, place: { owner: CallerId; session: SessionId }) {
    this.#files = files;
    this.#scope = place;
  }

  /** Each under a name of its own within the session. */
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
      this.#files.save({ ...file, ...this.#scope, bytes: new Uint8Array(bytes) });
      this.#ids.set(file.name, file.id);
      return file;
    });
  }

  /** Those of a conversation that was away from memory: they have their names already. */
  restore(messages: readonly Message[]): void {
    for (const message of messages)
      if (message.role === "user")
        for (const { name, id } of message.attachments ?? []) this.#ids.set(name, id);
  }

  /** Undefined: there is none of that name, or it is no longer kept. */
  find(name: string): FileContent | undefined {
    return this.#files.read(this.#ids.get(name) ?? "");
  }

  #uniqueName(name: string): string {
    const [, stem = name, extension = ""] = /^(.*?)(\.[^.]{1,10})?$/.exec(name) ?? [];
    for (let count = 1; ; count++) {
      const candidate = count === 1 ? name : `${stem} (${count})${extension}`;
      if (!this.#ids.has(candidate)) return candidate;
    }
  }
}

/** The last part of a path, without what would break the line the model reads. */
function sanitizeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const plain = last
    .replace(/[\p{Cc}"[\]]/gu, "")
    .trim()
    .slice(0, 100);
  return plain === "" ? "file" : plain;
}
