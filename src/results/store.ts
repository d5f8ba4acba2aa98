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

interface SessionResults {
  /** Ids given so far. */
  count: number;
  size: number;
  /** Oldest first. */
  readonly entries: Map<string, Entry>;
}

export class BoundedResultStore implements ResultStore {
  readonly #limits: ResultLimits;
  readonly #disk: ResultDisk;
  readonly #sessions = new Map<SessionId, SessionResults>();
  readonly #inMemory = new Shelf();
  readonly #onDisk = new Shelf();
  /** Entries move one after the other, so that a text is never in two places or in none. */
  #moving: Promise<void> = Promise.resolve();

  constructor(limits: ResultLimits, disk: ResultDisk) {
    this.#limits = limits;
    this.#disk = disk;
  }

  /** Characters kept now. */
  get sizes(): { readonly inMemory: number; readonly onDisk: number } {
    return { inMemory: this.#inMemory.size, onDisk: this.#onDisk.size };
  }

  async keep(session: SessionId, text: string, chunkSize: number): Promise<ResultId> {
    const own = this.#sessions.get(session) ?? { count: 0, size: 0, entries: new Map() };
    this.#sessions.set(session, own);
    own.count += 1;
    own.size += text.length;
    const id = `r${own.count}` as ResultId;
    const entry = { session, id, chunkSize, size: text.length, text };
    own.entries.set(id, entry);
    this.#inMemory.add(entry);
    await this.#inTurn(() => this.#makeRoom(own));
    return id;
  }

  async find(session: SessionId, id: string): Promise<FoundResult> {
    await this.#moving;
    const own = this.#sessions.get(session);
    const entry = own?.entries.get(id.trim());
    if (!entry) {
      const number = Number(/^r(\d{1,9})$/.exec(id.trim())?.[1] ?? 0);
      if (own && number >= 1 && number <= own.count) return { outcome: "gone" };
      return { outcome: "unknown", known: [...(own?.entries.values() ?? [])].map((one) => one.id) };
    }
    const text = entry.text ?? (await this.#disk.read(fileName(entry)));
    if (text !== undefined)
      return { outcome: "found", result: { id: entry.id, text, chunkSize: entry.chunkSize } };
    await this.#inTurn(() => this.#drop(entry));
    return { outcome: "gone" };
  }

  recall(session: SessionId, given: () => number): void {
    if (this.#sessions.has(session)) return;
    this.#sessions.set(session, { count: given(), size: 0, entries: new Map() });
  }

  async forget(session: SessionId): Promise<void> {
    await this.#inTurn(async () => {
      for (const entry of this.#sessions.get(session)?.entries.values() ?? []) await this.#drop(entry);
      this.#sessions.delete(session);
    });
  }

  async release(session: SessionId): Promise<void> {
    await this.forget(session);
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => {
      this.#sessions.clear();
      this.#inMemory.clear();
      this.#onDisk.clear();
      await this.#disk.removeAll();
    });
  }

  /** `work` must not reject. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    this.#moving = this.#moving.then(work);
    await this.#moving;
  }

  async #makeRoom(own: SessionResults): Promise<void> {
    for (const entry of own.entries.values()) {
      if (own.size <= this.#limits.perSession || own.entries.size === 1) break;
      await this.#drop(entry);
    }
    for (const entry of this.#inMemory.entries) {
      if (this.#inMemory.size <= this.#limits.inMemory || this.#inMemory.entries.size === 1) break;
      await this.#toDisk(entry);
    }
    for (const entry of this.#onDisk.entries) {
      if (this.#onDisk.size <= this.#limits.onDisk) break;
      await this.#drop(entry);
    }
  }

  /** A disk that takes nothing (full, read-only) is no reason to fail a turn: what does not fit is then gone. */
  async #toDisk(entry: Entry): Promise<void> {
    const isWritten =
      entry.size <= this.#limits.onDisk &&
      (await this.#disk.write(fileName(entry), entry.text ?? "").then(
        () => true,
        () => false,
      ));
    if (!isWritten) return await this.#drop(entry);
    this.#inMemory.remove(entry);
    entry.text = undefined;
    this.#onDisk.add(entry);
  }

  async #drop(entry: Entry): Promise<void> {
    const own = this.#sessions.get(entry.session);
    if (own?.entries.delete(entry.id)) own.size -= entry.size;
    this.#inMemory.remove(entry);
    if (this.#onDisk.remove(entry)) await this.#disk.remove(fileName(entry)).catch(() => undefined);
  }
}

/** Entries that lie in one place, oldest first, and their size. */
class Shelf {
  readonly entries = new Set<Entry>();
  size = 0;

  add(entry: Entry): void {
    this.entries.add(entry);
    this.size += entry.size;
  }

  remove(entry: Entry): boolean {
    const isHere = this.entries.delete(entry);
    if (isHere) this.size -= entry.size;
    return isHere;
  }

  clear(): void {
    this.entries.clear();
    this.size = 0;
  }
}

function fileName({ session, id }: Entry): string {
  return `${session}-${id}.txt`;
}
