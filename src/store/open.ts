/** Opens the store that the setting `store` names. Loads the client libraries of Redis and DynamoDB only when they are used. */
import { randomUUID } from "node:crypto";
import type { LimitStores } from "../access/limits/types.ts";
import type { Config } from "../config/settings.ts";
import { AppError } from "../errors.ts";
import type { TableOptions } from "./dynamodb/table.ts";
import { createMemoryStore } from "./memory.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import type { EventBus, SessionStore } from "./types.ts";

export interface OpenStoreOptions
  extends Pick<
    Config,
    | "dataDir"
    | "retentionHours"
    | "maxSessions"
    | "sessionTimeout"
    | "sqliteSynchronous"
    | "region"
    | "profile"
  > {
  readonly now: () => Date;
  /** Promises not to write, so that another process may use the file of the SQLite store. */
  readonly readOnly?: boolean;
  /** Creates the transport to AWS, with the proxies and certificates of the environment. */
  readonly transport?: () => Promise<NonNullable<TableOptions["requestHandler"]>>;
}

export interface OpenedStore {
  readonly store: SessionStore;
  /** Set when several processes may serve the same sessions. Close it before the store. */
  readonly bus?: EventBus;
  /** The counters of limits that other processes share, or that survive a restart. */
  readonly limitStores?: LimitStores;
  /** Returns the space of deleted sessions to the file system. Undefined for a store that does so itself. */
  readonly compact?: () => Promise<void>;
  /** The store deletes unused sessions without calls of `expire()`. */
  readonly expiresItself: boolean;
  /** The store has locked the data folder, so no other process uses it. */
  readonly hasExclusiveDataDir: boolean;
  /** Warnings for the operator, one line each. The server starts anyway. */
  readonly warnings: readonly string[];
}

/** Opens a store. `address` is the setting `store`. @throws StartError */
export async function openStore(address: string, options: OpenStoreOptions): Promise<OpenedStore> {
  const now = () => options.now().getTime();
  if (address === "memory") return openMemory(options, now);
  if (address === "sqlite") return openSqlite(options, now);
  const retentionMs = options.retentionHours * 3_600_000;
  if (address.startsWith("dynamodb:")) return openDynamo(new URL(address), options, { retentionMs, now });
  return openRedis(address, { retentionMs, now });
}

function openMemory({ maxSessions, sessionTimeout }: OpenStoreOptions, now: () => number): OpenedStore {
  return {
    store: createMemoryStore({ maxSessions, sessionTimeoutMs: sessionTimeout * 1000, now }),
    expiresItself: true,
    hasExclusiveDataDir: false,
    warnings: [],
  };
}

function openSqlite(
  { dataDir, readOnly = false, sqliteSynchronous: synchronous }: OpenStoreOptions,
  now: () => number,
): OpenedStore {
  const store = openSqliteStore({ folder: dataDir, now, shared: readOnly, synchronous });
  return {
    store,
    limitStores: { usage: store.usage },
    compact: () => store.compact(),
    expiresItself: false,
    hasExclusiveDataDir: !readOnly,
    warnings: [],
  };
}

interface RemoteStoreOptions {
  readonly retentionMs: number;
  /** Returns milliseconds. */
  readonly now: () => number;
}

async function openRedis(address: string, options: RemoteStoreOptions): Promise<OpenedStore> {
  const [{ connectRedis }, { createRedisStore }, { createRedisBus }, { createRedisLimitStores }] =
    await Promise.all([
      import("./redis/connection.ts"),
      import("./redis/redis-store.ts"),
      import("./redis/bus.ts"),
      import("./redis/limit-stores.ts"),
    ]);
  const connection = connectRedis(address);
  const store = createRedisStore({ ...options, connection });
  return {
    store,
    bus: createRedisBus({ address, connection, name: randomUUID() }),
    limitStores: createRedisLimitStores(connection),
    expiresItself: true,
    hasExclusiveDataDir: false,
    warnings: await checkStore(() => store.check()),
  };
}

/** Opens `dynamodb://TABLE?region=REGION`. The parameter `endpoint` replaces the address of AWS. @throws StartError */
async function openDynamo(
  { hostname, searchParams }: URL,
  { region, profile, transport }: OpenStoreOptions,
  options: RemoteStoreOptions,
): Promise<OpenedStore> {
  const [{ DynamoTable }, { createDynamoStore }, { createDynamoUsage }, requestHandler] = await Promise.all([
    import("./dynamodb/table.ts"),
    import("./dynamodb/dynamodb-store.ts"),
    import("./dynamodb/usage-counters.ts"),
    transport?.(),
  ]);
  const endpoint = searchParams.get("endpoint");
  const table = new DynamoTable({
    name: hostname,
    region: searchParams.get("region") ?? region,
    ...(endpoint !== null && { endpoint }),
    ...(profile !== undefined && { profile }),
    ...(requestHandler && { requestHandler }),
  });
  return {
    store: createDynamoStore({ ...options, table }),
    limitStores: { usage: createDynamoUsage({ ...options, table }) },
    expiresItself: true,
    hasExclusiveDataDir: false,
    warnings: await checkStore(() => table.verifySchema()),
  };
}

/** Returns a warning when the store is unavailable: it may become available before the first request. @throws StartError */
async function checkStore(check: () => Promise<void>): Promise<readonly string[]> {
  try {
    await check();
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [`session store unavailable: ${error.detail ?? error.message}`];
  }
}
