/** The types of stored results: responses too large for a model, which it reads in parts through the built-in tools. */
import type { SessionId } from "../chat/types.ts";
import type { Api, Tool } from "../tools/types.ts";

/** The id of a result within its session: `r1`, `r2` … */
export type ResultId = string & { readonly __brand: "ResultId" };

export interface StoredResult {
  readonly id: ResultId;
  readonly text: string;
  /** Characters per chunk. Fixed when the result is stored, so that a chunk number always names the same part. */
  readonly chunkSize: number;
}

export type StoredResultLookup =
  | { readonly outcome: "found"; readonly result: StoredResult }
  /** The result was removed to make room for newer ones. */
  | { readonly outcome: "evicted" }
  /** There never was such a result. `known` lists the existing ones. */
  | { readonly outcome: "unknown"; readonly known: readonly ResultId[] };

/** Stores results per session. */
export interface ResultStore {
  save(session: SessionId, text: string, chunkSize: number): Promise<ResultId>;
  find(session: SessionId, id: string): Promise<StoredResultLookup>;
  /** Deletes the results of a deleted session. */
  deleteSession(session: SessionId): Promise<void>;
  /** Releases the memory of a session. Persisted results remain. */
  release(session: SessionId): Promise<void>;
  /**
   * Restores the id counter of a session that is new to this process, so that no id is assigned twice.
   * @param countIds returns the number of ids assigned before.
   * @param owner has a share of the room.
   */
  restoreCount(session: SessionId, countIds: () => number, owner?: string): void;
  /** Removes all results that are not persisted. */
  close(): Promise<void>;
}

/** Storage for results that exceed the memory limit. */
export interface ResultDisk {
  write(name: string, text: string): Promise<void>;
  /** Returns undefined when the text is no longer stored. */
  read(name: string): Promise<string | undefined>;
  remove(name: string): Promise<void>;
  removeAll(): Promise<void>;
}

/** Query parameters of a link that the document does not declare: name → values. */
export type ExtraQuery = Readonly<Record<string, readonly string[]>>;

/** The call that fetched a page, and what is known from the pages before it. */
export interface PageCall {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly extraQuery?: ExtraQuery | undefined;
  /** The number of records in the pages before. Undefined when it is unknown. */
  readonly fetched?: number | undefined;
  /** Whether an earlier page named the next one. A page that does not is then the last. */
  readonly wasNamed?: boolean | undefined;
  /** The page number in the first response, which tells whether pages count from 0. */
  readonly firstPage?: number | undefined;
  /** The path of the list in an earlier page. */
  readonly listPath?: string | undefined;
}

/** A further page of a list, as far as it is known. */
export interface MorePages {
  /** The arguments that fetch the next page. Undefined when nothing leads there. */
  readonly next?: Readonly<Record<string, unknown>> | undefined;
  /** Query parameters that the next call sends beside the arguments. */
  readonly extraQuery?: ExtraQuery | undefined;
  /** The total number of records, if the API reports it. */
  readonly total?: number | undefined;
  /** The sign that there is more: `hasMore: true`, `the page is full`. */
  readonly sign: string;
  /** Whether the response names the next page, instead of a flag, a count or a full page. */
  readonly isNamed: boolean;
  /** Whether the token may be a filter that the response repeats. */
  readonly isGuess?: boolean;
  /** The page number that the response repeats. */
  readonly page?: number | undefined;
}

/** What finding pages needs of a tool. It can be cloned and holds no credentials. */
export type PagedTool = Pick<Tool, "name" | "inputSchema" | "argumentTargets" | "operation"> & {
  readonly api: Pick<Api, "baseUrl" | "securitySchemes">;
};
