/** The store that an address names, with what belongs to it. What only some need is loaded when it is. */
import { randomUUID } from "node:crypto";
import type { RateLimiter } from "../access/types.ts";
import type { Config } from "../config/settings.ts";
import { AppError } from "../errors.ts";
import type { TableOptions } from "./dynamodb/table.ts";
import { createMemoryStore } from "./memory.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";
import type { EventBus, SessionStore } from "./types.ts";

/** Settings, and what else a store needs. */
export interface OpenStoreOptions
  extends Pick<
    Config,
    "dataDir" | "retentionHours" | "maxSessions" | "sessionTimeout" | "rateLimit" | "region" | "profile"
  > {
  readonly now: () => Date;
  /** Nothing is written: another process may have the file of the SQLite store meanwhile. */
  readonly readOnly?: boolean;
  /** How AWS is reached, where it is needed: through proxies, with further authorities. */
  readonly transport?: () => Promise<NonNullable<TableOptions["requestHandler"]>>;
}

export interface OpenedStore {
  readonly store: SessionStore;
  /** Where several processes may serve the same sessions. To be closed before the store. */
  readonly bus?: EventBus;
  /** Over all these processes. */
  readonly rateLimit?: RateLimiter;
  /** Gives the space of what was deleted back, where that does not happen by itself. */
  readonly compact?: () => Promise<void>;
  /** Sessions that nobody uses go without `expire()`. */
  readonly expiresItself: boolean;
  /** For the operator, one line each: it starts all the same. */
  readonly warnings: readonly string[];
}

/** `address` as the setting `store`. @throws StartError */
export async function openStore(address: string, options: OpenStoreOptions): Promise<OpenedStore> {
  const now = () => options.now().getTime();
  if (address === "memory") {
    const { maxSessions, sessionTimeout } = options;
    const store = createMemoryStore({ maxSessions, sessionTimeoutMs: sessionTimeout * 1000, now });
    return { store, expiresItself: true, warnings: [] };
  }
  if (address === "sqlite") {
    const store = openSqliteStore({ folder: options.dataDir, now, shared: options.readOnly ?? false });
    return { store, compact: () => store.compact(), expiresItself: false, warnings: [] };
  }
  const retentionMs = options.retentionHours * 3_600_000;
  if (address.startsWith("dynamodb:")) return openDynamo(new URL(address), options, { retentionMs, now });
  return openRedis(address, options.rateLimit, { retentionMs, now });
}

interface PersistentStoreOptions {
  readonly retentionMs: number;
  /** Milliseconds. */
  readonly now: () => number;
}

async function openRedis(
  address: string,
  rateLimit: string | undefined,
  options: PersistentStoreOptions,
): Promise<OpenedStore> {
  const [{ connectRedis }, { createRedisStore }, { createRedisBus }, { createRedisRateLimit }] =
    await Promise.all([
      import("./redis/connection.ts"),
      import("./redis/redis-store.ts"),
      import("./redis/bus.ts"),
      import("./redis/rate-limit.ts"),
    ]);
  const connection = connectRedis(address);
  const store = createRedisStore({ ...options, connection });
  return {
    store,
    bus: createRedisBus({ address, connection, name: randomUUID() }),
    ...(rateLimit !== undefined && { rateLimit: createRedisRateLimit(rateLimit, connection) }),
    expiresItself: true,
    warnings: await checkStore(() => store.check()),
  };
}

/** `dynamodb://TABLE?region=REGION`; `endpoint` for another address than AWS's. @throws StartError */
async function openDynamo(
  { hostname, searchParams }: URL,
  { region, profile, transport }: OpenStoreOptions,
  options: PersistentStoreOptions,
): Promise<OpenedStore> {
  const [{ openDynamoTable }, { createDynamoStore }, requestHandler] = await Promise.all([
    import("./dynamodb/table.ts"),
    import("./dynamodb/dynamodb-store.ts"),
    transport?.(),
  ]);
  const table = openDynamoTable({
    name: hostname,
    region: searchParams.get("region") ?? region,
    endpoint: searchParams.get("endpoint") ?? undefined,
    profile,
    ...(requestHandler && { requestHandler }),
  });
  const warnings = await checkStore(() => table.verifySchema());
  return { store: createDynamoStore({ ...options, table }), expiresItself: true, warnings };
}

/** It may be there before anybody asks. @throws StartError for what does not pass. */
async function checkStore(check: () => Promise<void>): Promise<readonly string[]> {
  try {
    await check();
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [`conversations cannot be kept yet: ${error.detail ?? error.message}`];
  }
}
