import type { RedisConnection } from "./connection.ts";

export interface RedisStoreOptions {
  readonly connection: RedisConnection;
  readonly retentionMs: number;
  /** Returns milliseconds. */
  readonly now: () => number;
}
