/** Files that APIs returned or that users attached, in memory. Their owners share the room. */
import type { CallerId, SelectVictim } from "../access/types.ts";
import type { ResultFile, SessionId } from "../chat/types.ts";

export interface StoredFile extends ResultFile {
  readonly owner: CallerId;
  readonly session: SessionId;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export class FileCache {
  readonly #files = new Map<string, StoredFile>();
  readonly #maxBytes: number;
  readonly #selectVictim: SelectVictim;
  #bytes = 0;

  /** @param maxBytes the total size of all files. */
  constructor(maxBytes: number, selectVictim: SelectVictim) {
    this.#maxBytes = maxBytes;
    this.#selectVictim = selectVictim;
  }

  save(file: StoredFile): void {
    this.#files.set(file.id, file);
    this.#bytes += file.size;
    while (this.#bytes > this.#maxBytes) {
      const victim = this.#selectVictim(this.#files.values());
      if (!victim) break;
      this.#deleteFile(victim.id);
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
