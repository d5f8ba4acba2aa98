/** Answers too large for a model: kept whole for the session, read in parts through tools of our own. */
import type { SessionId } from "../chat/types.ts";

/** A result as the model names it: `r1`, `r2` … within its session. */
export type ResultId = string & { readonly __brand: "ResultId" };

/** A text that is kept whole. */
export interface StoredResult {
  readonly id: ResultId;
  readonly text: string;
  /** Characters of one chunk of it. Fixed when it is kept, so that a chunk's number always names the same part. */
  readonly chunkSize: number;
}

/** What became of a result that is asked for. */
export type StoredResultLookup =
  | { readonly outcome: "found"; readonly result: StoredResult }
  /** It made room for newer ones. */
  | { readonly outcome: "evicted" }
  /** There never was one: `known` are those there are. */
  | { readonly outcome: "unknown"; readonly known: readonly ResultId[] };

/** Keeps results, each for its session. */
export interface ResultStore {
  save(session: SessionId, text: string, chunkSize: number): Promise<ResultId>;
  find(session: SessionId, id: string): Promise<StoredResultLookup>;
  /** The conversation is forgotten, and its results. */
  deleteSession(session: SessionId): Promise<void>;
  /** The session leaves memory; what lasts of its results stays. */
  release(session: SessionId): Promise<void>;
  /** For a session that is new here: `given` tells how many ids it has had; those are gone, and no other result gets them. */
  restoreCount(session: SessionId, countIds: () => number): void;
  /** Removes what does not last. */
  close(): Promise<void>;
}

/** Where results go that memory has no room for. */
export interface ResultDisk {
  write(name: string, text: string): Promise<void>;
  /** Undefined: it is not there any more. */
  read(name: string): Promise<string | undefined>;
  remove(name: string): Promise<void>;
  removeAll(): Promise<void>;
}

/** Arguments of the next page, or what is known without them. */
export interface MorePages {
  /** Arguments of the call that gets it. Undefined: there is more, but no argument of the tool leads there. */
  readonly next?: Readonly<Record<string, unknown>> | undefined;
  /** Records in all, where the API says so. */
  readonly total?: number | undefined;
}
