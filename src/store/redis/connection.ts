/** A connection to Redis or Valkey that reconnects on demand. Every call ends within a few seconds. */
import { RedisClient } from "bun";
import { messageOf, storeUnavailable } from "../errors.ts";

const CONNECT_TIMEOUT_MS = 2000;
const RESPONSE_TIMEOUT_MS = 4000;

export interface RedisConnection {
  /** Sends a command. Commands are sent in the order of the calls. @throws AppError `store_unavailable`, also for an error of Redis. */
  send(command: string, ...parameters: readonly string[]): Promise<unknown>;
  /** Runs a Lua script atomically. @throws AppError `store_unavailable` */
  runScript(script: string, keys: readonly string[], parameters: readonly string[]): Promise<unknown>;
  close(): void;
}

/** Creates a connection that opens at the first call. `address` is the setting `store`, with password and database number. */
export function connectRedis(address: string): RedisConnection {
  const shas = new Map<string, string>();
  let connecting: Promise<RedisClient> | undefined;
  let isClosed = false;

  function getClient(): Promise<RedisClient> {
    if (isClosed) return Promise.reject(new Error("the connection is closed"));
    if (connecting) return connecting;
    const attempt = openRedisClient(address, () => {
      if (connecting === attempt) connecting = undefined;
    });
    connecting = attempt;
    attempt.catch(() => {
      if (connecting === attempt) connecting = undefined;
    });
    return attempt;
  }

  async function send(command: string, ...parameters: readonly string[]): Promise<unknown> {
    let client: RedisClient | undefined;
    try {
      client = await getClient();
      return await withTimeout(client.send(command, [...parameters]), RESPONSE_TIMEOUT_MS);
    } catch (error) {
      const text = messageOf(error);
      if (text.startsWith("NOSCRIPT")) throw error;
      // A connection with a missing response, or to a server that became read-only, is not used again.
      if (client && !isAnswer(error)) client.close();
      throw storeUnavailable(`${redactAddress(address)}: ${text}`, error);
    }
  }

  return {
    send,
    async runScript(script, keys, parameters) {
      const sha = shas.get(script) ?? new Bun.CryptoHasher("sha1").update(script).digest("hex");
      shas.set(script, sha);
      const rest = [`${keys.length}`, ...keys, ...parameters];
      try {
        return await send("EVALSHA", sha, ...rest);
      } catch (error) {
        if (!messageOf(error).startsWith("NOSCRIPT")) throw error;
        return send("EVAL", script, ...rest);
      }
    },
    close() {
      isClosed = true;
      connecting?.then((client) => client.close()).catch(() => undefined);
    },
  };
}

/** Opens a connection that does not reconnect. @throws Error when that fails or takes too long. */
export async function openRedisClient(address: string, onClose: () => void): Promise<RedisClient> {
  const client = new RedisClient(address, {
    autoReconnect: false,
    enableOfflineQueue: false,
    connectionTimeout: CONNECT_TIMEOUT_MS,
  });
  client.onclose = onClose;
  try {
    await withTimeout(client.connect(), CONNECT_TIMEOUT_MS + 500);
    return client;
  } catch (error) {
    client.close();
    throw new Error(`cannot connect or authenticate: ${messageOf(error)}`, { cause: error });
  }
}

/** Rejects when the work takes longer than `ms`. The work itself is not cancelled. */
export async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: Timer | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no response within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the address without user name and password, for logs. */
export function redactAddress(address: string): string {
  const url = new URL(address);
  url.username = "";
  url.password = "";
  return url.href;
}

/** Errors of a server that another connection may not have: after a failover, or with another user. */
const CONNECTION_ERRORS =
  /\b(READONLY|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|NOAUTH|NOPERM|WRONGPASS|UNBLOCKED|max number of clients)\b/;

/** Returns whether the server answered, and would answer the same on another connection. */
function isAnswer(error: unknown): boolean {
  const isFromServer = error instanceof Error && "code" in error && error.code === "ERR_REDIS_SERVER_ERROR";
  return isFromServer && !CONNECTION_ERRORS.test(error.message);
}
