/** Files that APIs returned, for download by the session's owner. They are held in memory; the oldest are evicted first. */
import type { CallerId } from "../access/types.ts";
import type { ResultFile, SessionId } from "../chat/types.ts";

export interface StoredFile extends ResultFile {
  readonly owner: CallerId;
  readonly session: SessionId;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export class FileCache {
  readonly #files = new Map<string, StoredFile>();
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes the total size of all files. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  save(file: StoredFile): void {
    this.#files.set(file.id, file);
    this.#bytes += file.size;
    for (const id of this.#files.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#deleteFile(id);
    }
  }

  read(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  deleteSession(session: SessionId): void {
    for (const file of this.#files.values()) if (file.session === session) this.#deleteFile(file.id);
  }

  #deleteFile(id: string): void {
    this.#bytes -= this.#files.get(id)?.size ?? 0;
    this.#files.delete(id);
  }
}
