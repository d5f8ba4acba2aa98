import type { DynamoTable } from "./table.ts";

export interface DynamoStoreOptions {
  readonly table: DynamoTable;
  readonly retentionMs: number;
  /** Returns milliseconds. */
  readonly now: () => number;
}
