/** Files that APIs answered with, for the people who asked: in memory, bounded, the oldest going first. */
import type { CallerId } from "../access/types.ts";
import type { ResultFile, SessionId } from "../chat/types.ts";

export interface KeptFile extends ResultFile {
  readonly owner: CallerId;
  readonly session: SessionId;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export class FileStore {
  readonly #files = new Map<string, KeptFile>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  keep(file: KeptFile): void {
    this.#files.set(file.id, file);
    this.#bytes += file.size;
    for (const id of this.#files.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(id);
    }
  }

  read(id: string): KeptFile | undefined {
    return this.#files.get(id);
  }

  forget(session: SessionId): void {
    for (const file of this.#files.values()) if (file.session === session) this.#drop(file.id);
  }

  #drop(id: string): void {
    this.#bytes -= this.#files.get(id)?.size ?? 0;
    this.#files.delete(id);
  }
}
