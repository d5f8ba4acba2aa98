/** Stores the results of all sessions in memory. The oldest are moved to disk, and then evicted. */
import type { SessionId } from "../chat/types.ts";
import type { ResultDisk, ResultId, ResultStore, StoredResultLookup } from "./types.ts";

/** Limits in characters. */
export interface ResultLimits {
  /** For one session, in memory and on disk. The newest result is kept whatever its size. */
  readonly perSession: number;
  /** For all sessions, in memory. */
  readonly inMemory: number;
  /** For all sessions, on disk. */
  readonly onDisk: number;
}

interface StoredEntry {
  readonly owner: string | undefined;
  readonly session: SessionId;
  readonly id: ResultId;
  readonly chunkSize: number;
  readonly size: number;
  /** Undefined when the text is on disk. */
  text: string | undefined;
}

interface SessionResults {
  /** Whose results these are. Undefined when it is unknown. */
  owner: string | undefined;
  /** The number of ids assigned so far. */
  count: number;
  size: number;
  /** Oldest first. */
  readonly entries: Map<string, StoredEntry>;
}

export class BoundedResultStore implements ResultStore {
  readonly #limits: ResultLimits;
  readonly #disk: ResultDisk;
  readonly #selectVictim: typeof selectFirst<StoredEntry>;
  readonly #sessions = new Map<SessionId, SessionResults>();
  readonly #inMemory = new StorageTier();
  readonly #onDisk = new StorageTier();
  /** Serializes changes, so that a text is always in exactly one place. */
  #queue: Promise<void> = Promise.resolve();

  /** @param selectVictim Default: the oldest entry. */
  constructor(
    limits: ResultLimits,
    disk: ResultDisk,
    selectVictim: typeof selectFirst<StoredEntry> = selectFirst,
  ) {
    this.#limits = limits;
    this.#disk = disk;
    this.#selectVictim = selectVictim;
  }

  /** The characters stored now. */
  get sizes(): { readonly inMemory: number; readonly onDisk: number } {
    return { inMemory: this.#inMemory.size, onDisk: this.#onDisk.size };
  }

  async save(session: SessionId, text: string, chunkSize: number): Promise<ResultId> {
    const results = this.#sessions.get(session) ?? {
      owner: undefined,
      count: 0,
      size: 0,
      entries: new Map(),
    };
    this.#sessions.set(session, results);
    results.count += 1;
    results.size += text.length;
    const id = `r${results.count}` as ResultId;
    const entry = { owner: results.owner, session, id, chunkSize, size: text.length, text };
    results.entries.set(id, entry);
    this.#inMemory.add(entry);
    await this.#runExclusive(() => this.#evict(results));
    return id;
  }

  async find(session: SessionId, id: string): Promise<StoredResultLookup> {
    await this.#queue;
    const results = this.#sessions.get(session);
    const entry = results?.entries.get(id.trim());
    if (!entry) {
      const number = Number(/^r(\d{1,9})$/.exec(id.trim())?.[1] ?? 0);
      if (results && number >= 1 && number <= results.count) return { outcome: "evicted" };
      return { outcome: "unknown", known: [...(results?.entries.values() ?? [])].map((one) => one.id) };
    }
    const text = entry.text ?? (await this.#disk.read(fileName(entry)));
    if (text !== undefined)
      return { outcome: "found", result: { id: entry.id, text, chunkSize: entry.chunkSize } };
    await this.#runExclusive(() => this.#deleteEntry(entry));
    return { outcome: "evicted" };
  }

  restoreCount(session: SessionId, countIds: () => number, owner?: string): void {
    if (this.#sessions.has(session)) return;
    this.#sessions.set(session, { owner, count: countIds(), size: 0, entries: new Map() });
  }

  async deleteSession(session: SessionId): Promise<void> {
    await this.#runExclusive(async () => {
      for (const entry of this.#sessions.get(session)?.entries.values() ?? []) await this.#deleteEntry(entry);
      this.#sessions.delete(session);
    });
  }

  async release(session: SessionId): Promise<void> {
    await this.deleteSession(session);
  }

  async close(): Promise<void> {
    await this.#runExclusive(async () => {
      this.#sessions.clear();
      this.#inMemory.clear();
      this.#onDisk.clear();
      await this.#disk.removeAll();
    });
  }

  /** Runs `work` after all earlier work. `work` must not reject. */
  async #runExclusive(work: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(work);
    await this.#queue;
  }

  async #evict(results: SessionResults): Promise<void> {
    for (const entry of results.entries.values()) {
      if (results.size <= this.#limits.perSession || results.entries.size === 1) break;
      await this.#deleteEntry(entry);
    }
    while (this.#inMemory.size > this.#limits.inMemory && this.#inMemory.entries.size > 1) {
      const entry = this.#selectVictim(this.#inMemory.entries);
      if (!entry) break;
      await this.#moveToDisk(entry);
    }
    while (this.#onDisk.size > this.#limits.onDisk) {
      const entry = this.#selectVictim(this.#onDisk.entries);
      if (!entry) break;
      await this.#deleteEntry(entry);
    }
  }

  /** Moves an entry to disk. An entry that cannot be written (disk full, read-only) is deleted, and the turn does not fail. */
  async #moveToDisk(entry: StoredEntry): Promise<void> {
    const isWritten =
      entry.size <= this.#limits.onDisk &&
      (await this.#disk.write(fileName(entry), entry.text ?? "").then(
        () => true,
        () => false,
      ));
    if (!isWritten) return await this.#deleteEntry(entry);
    this.#inMemory.remove(entry);
    entry.text = undefined;
    this.#onDisk.add(entry);
  }

  async #deleteEntry(entry: StoredEntry): Promise<void> {
    const results = this.#sessions.get(entry.session);
    if (results?.entries.delete(entry.id)) results.size -= entry.size;
    this.#inMemory.remove(entry);
    if (this.#onDisk.remove(entry)) await this.#disk.remove(fileName(entry)).catch(() => undefined);
  }
}

function selectFirst<Entry>(entries: Iterable<Entry>): Entry | undefined {
  const [first] = entries;
  return first;
}

/** The entries in memory or on disk, oldest first, and their total size. */
class StorageTier {
  readonly entries = new Set<StoredEntry>();
  size = 0;

  add(entry: StoredEntry): void {
    this.entries.add(entry);
    this.size += entry.size;
  }

  remove(entry: StoredEntry): boolean {
    const wasPresent = this.entries.delete(entry);
    if (wasPresent) this.size -= entry.size;
    return wasPresent;
  }

  clear(): void {
    this.entries.clear();
    this.size = 0;
  }
}

function fileName({ session, id }: StoredEntry): string {
  return `${session}-${id}.txt`;
}
