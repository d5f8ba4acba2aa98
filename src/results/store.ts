/** Results of every session: in memory, the oldest then on disk, then gone. */
import type { SessionId } from "../chat/types.ts";
import type { FoundResult, ResultDisk, ResultId, ResultStore } from "./types.ts";

/** Characters. */
export interface ResultLimits {
  /** Of one session, wherever they are. The newest is kept however large it is. */
  readonly perSession: number;
  /** Of all sessions, in memory. */
  readonly inMemory: number;
  /** Of all sessions, on disk. */
  readonly onDisk: number;
}

interface Entry {
  readonly session: SessionId;
  readonly id: ResultId;
  readonly chunkSize: number;
  readonly size: number;
  /** Undefined: it is on disk. */
  text: string | undefined;
}

export class BoundedResultStore implements ResultStore {
  readonly #limits: ResultLimits;
  readonly #disk: ResultDisk;
  /** Oldest first. */
  readonly #entries = new Set<Entry>();
  readonly #counts = new Map<SessionId, number>();
  /** Entries move one after the other, so that a text is never in two places or in none. */
  #moving: Promise<void> = Promise.resolve();

  constructor(limits: ResultLimits, disk: ResultDisk) {
    this.#limits = limits;
    this.#disk = disk;
  }

  /** Characters kept now. */
  get sizes(): { readonly inMemory: number; readonly onDisk: number } {
    let [inMemory, onDisk] = [0, 0];
    for (const { text, size } of this.#entries) {
      if (text === undefined) onDisk += size;
      else inMemory += size;
    }
    return { inMemory, onDisk };
  }

  async keep(session: SessionId, text: string, chunkSize: number): Promise<ResultId> {
    const count = (this.#counts.get(session) ?? 0) + 1;
    this.#counts.set(session, count);
    const id = `r${count}` as ResultId;
    this.#entries.add({ session, id, chunkSize, size: text.length, text });
    this.#moving = this.#moving.then(() => this.#makeRoom(session));
    await this.#moving;
    return id;
  }

  async find(session: SessionId, id: string): Promise<FoundResult> {
    await this.#moving;
    const own = this.#of(session);
    const entry = own.find((one) => one.id === id.trim());
    if (!entry) {
      const number = /^r(\d{1,9})$/.exec(id.trim())?.[1];
      const was = number !== undefined && Number(number) >= 1 && Number(number) <= this.#given(session);
      return was ? { outcome: "gone" } : { outcome: "unknown", known: own.map((one) => one.id) };
    }
    const text = entry.text ?? (await this.#disk.read(fileName(entry)));
    if (text === undefined) {
      this.#entries.delete(entry);
      return { outcome: "gone" };
    }
    return { outcome: "found", result: { id: entry.id, text, chunkSize: entry.chunkSize } };
  }

  async forget(session: SessionId): Promise<void> {
    this.#moving = this.#moving.then(async () => {
      for (const entry of this.#of(session)) await this.#drop(entry);
      this.#counts.delete(session);
    });
    await this.#moving;
  }

  async close(): Promise<void> {
    await this.#moving;
    this.#entries.clear();
    await this.#disk.removeAll();
  }

  #of(session: SessionId): Entry[] {
    return [...this.#entries].filter((entry) => entry.session === session);
  }

  #given(session: SessionId): number {
    return this.#counts.get(session) ?? 0;
  }

  async #makeRoom(session: SessionId): Promise<void> {
    const { perSession, inMemory, onDisk } = this.#limits;
    const own = this.#of(session);
    let size = own.reduce((sum, entry) => sum + entry.size, 0);
    for (const entry of own.slice(0, -1)) {
      if (size <= perSession) break;
      size -= entry.size;
      await this.#drop(entry);
    }
    for (const entry of [...this.#entries].slice(0, -1)) {
      if (this.sizes.inMemory <= inMemory) break;
      if (entry.text !== undefined) await this.#toDisk(entry, entry.text);
    }
    for (const entry of [...this.#entries]) {
      if (this.sizes.onDisk <= onDisk) break;
      if (entry.text === undefined) await this.#drop(entry);
    }
  }

  /** A disk that takes nothing (full, read-only) is no reason to fail a turn: what does not fit is then gone. */
  async #toDisk(entry: Entry, text: string): Promise<void> {
    try {
      if (entry.size > this.#limits.onDisk) throw new Error("larger than all that may be kept there");
      await this.#disk.write(fileName(entry), text);
      entry.text = undefined;
    } catch {
      this.#entries.delete(entry);
    }
  }

  async #drop(entry: Entry): Promise<void> {
    this.#entries.delete(entry);
    if (entry.text === undefined) await this.#disk.remove(fileName(entry)).catch(() => undefined);
  }
}

function fileName({ session, id }: Entry): string {
  return `${session}-${id}.txt`;
}
