/**
 * The bus over Redis: of each session a stream, whose ids are the entries' numbers, so that the server itself drops what
 * comes from somebody who lost the session; and a channel for those who watch it live.
 */
import type { SessionId } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { EventBus, ReplicatedEvent } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { createRedisSubscriptions, type RedisSubscriptions } from "./subscriptions.ts";

export interface RedisBusOptions {
  readonly address: string;
  readonly connection: RedisConnection;
  /** Unlike that of any other process: what it says itself, nobody here has to be told. */
  readonly name: string;
}

/** About so many entries of a story are kept, for so long after the last one. */
const MAX_ENTRIES = 2000;
const RETENTION_MS = 15 * 60_000;
/** Entries that wait for the server to come back; beyond it their stories are given up. */
const MAX_QUEUED = 10_000;
const RETRY_INTERVAL_MS = 250;
const CLOSE_TIMEOUT_MS = 1000;

/** Keys: stream, channel. Parameters: seq, event, the most entries, how long they are kept, what watchers are told. */
const PUBLISH_SCRIPT = `
local added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], ARGV[1] .. '-0', 'event', ARGV[2])
if type(added) == 'table' and added.err then
  if string.find(added.err, 'equal or smaller', 1, true) then return end
  return added
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', KEYS[2], ARGV[5])`;

/** Keys: stream, channel. Parameter: what watchers are told. */
const EVICT_SCRIPT = `
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', KEYS[2], ARGV[1])`;

/** Keys: stream. Parameter: seq. Returns the first and the last entry, and those after seq. */
const READ_AFTER_SCRIPT = `
return {
  redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1),
  redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1),
  redis.call('XRANGE', KEYS[1], ARGV[1], '+'),
}`;

/** As Redis gives it: `["17-0", ["event", "{…}"]]`. */
type StreamEntry = readonly [id: string, fields: readonly string[]];

interface QueuedEntry {
  readonly session: SessionId;
  readonly entry: ReplicatedEvent;
}

const streamKey = (session: SessionId) => `specchat:story:${session}`;
const channelName = (session: SessionId) => `specchat:live:${session}`;

export function createRedisBus({ address, connection, name }: RedisBusOptions): EventBus {
  const subscriptions: RedisSubscriptions = createRedisSubscriptions(address, name, channelName);
  /** Sent or to be sent, oldest first; each leaves when the server has it. */
  let queue: QueuedEntry[] = [];
  /** Stories with a gap, until those who follow them were told. */
  const brokenLogs = new Set<SessionId>();
  let retryTimer: Timer | undefined;
  let isClosed = false;

  function run(script: string, session: SessionId, ...parameters: readonly string[]): Promise<unknown> {
    // Whole scripts, never their sums: a second attempt at one would overtake those behind it.
    const keys = [streamKey(session), channelName(session)];
    return connection.send("EVAL", script, `${keys.length}`, ...keys, ...parameters);
  }

  async function send(one: QueuedEntry): Promise<void> {
    const { session, entry } = one;
    const live = subscriptions.encodeMessage("entry", `${entry.seq} ${entry.event}`);
    try {
      await run(
        PUBLISH_SCRIPT,
        session,
        `${entry.seq}`,
        entry.event,
        `${MAX_ENTRIES}`,
        `${RETENTION_MS}`,
        live,
      );
    } catch (error) {
      // All behind it fail as well; they are sent again together, in their order.
      if (error instanceof AppError) return scheduleRetry();
    }
    const index = queue.indexOf(one);
    if (index <= 0) return void queue.splice(0, index + 1);
    const overtaken = queue.slice(0, index).filter((other) => other.session === session);
    queue = queue.filter((other) => other !== one && !overtaken.includes(other));
    // The server takes them no more.
    if (overtaken.length > 0) evict([session]);
  }

  function evict(sessions: readonly SessionId[]): void {
    for (const session of sessions) brokenLogs.add(session);
    scheduleRetry();
  }

  function scheduleRetry(): void {
    if (retryTimer !== undefined || isClosed) return;
    retryTimer = setTimeout(async () => {
      for (const session of brokenLogs) {
        const isSent = await run(EVICT_SCRIPT, session, subscriptions.encodeMessage("lost", "")).then(
          () => true,
          () => false,
        );
        if (isSent) brokenLogs.delete(session);
      }
      retryTimer = undefined;
      if (brokenLogs.size > 0) return scheduleRetry();
      for (const one of [...queue]) void send(one);
    }, RETRY_INTERVAL_MS);
  }

  return {
    publish(session, entry) {
      if (isClosed) return;
      if (queue.length >= MAX_QUEUED) {
        evict(queue.map(({ session }) => session));
        queue = [];
      }
      const one = { session, entry };
      queue.push(one);
      if (retryTimer === undefined) void send(one);
    },
    command(session, command) {
      const live = subscriptions.encodeMessage("command", command);
      // One that comes late, when the server is back, would hit what it was not meant for.
      connection.send("PUBLISH", channelName(session), live).catch(() => undefined);
    },
    subscribe: (session, watcher) => subscriptions.subscribe(session, watcher),
    async eventsAfter(session, seq) {
      const reply = await connection.runScript(
        READ_AFTER_SCRIPT,
        [streamKey(session)],
        [seq === undefined ? "-" : `(${seq}-0`],
      );
      const [[first], [last], entries] = reply as readonly [StreamEntry[], StreamEntry[], StreamEntry[]];
      if (!first || !last) return undefined;
      if (seq !== undefined && (seqOf(first) > seq + 1 || seqOf(last) < seq)) return undefined;
      return entries.map((entry) => ({ seq: seqOf(entry), event: entry[1][1] ?? "" }));
    },
    async close() {
      isClosed = true;
      // The last words of turns that were stopped with the process.
      for (let waitedMs = 0; queue.length > 0 && waitedMs < CLOSE_TIMEOUT_MS; waitedMs += 10)
        await Bun.sleep(10);
      clearTimeout(retryTimer);
      await subscriptions.close();
    },
  };
}

function seqOf([id]: StreamEntry): number {
  return Number(id.split("-")[0]);
}
