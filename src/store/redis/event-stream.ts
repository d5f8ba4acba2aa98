/**
 * The events of a session as a Redis stream. Entry ids are the events' sequence numbers, so the server itself drops events from
 * a process that has lost the session.
 */
import type { SessionId } from "../../chat/types.ts";
import type { ReplicatedEvent } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { channelName, streamKey } from "./keys.ts";

/** The approximate length of a stream. */
const MAX_ENTRIES = 2000;
/** The lifetime of a stream after its last event. */
const RETENTION_MS = 15 * 60_000;

/** Keys: stream, channel. Parameters: seq, event, maximum length, retention in milliseconds, live message. */
const PUBLISH_SCRIPT = `
local added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], ARGV[1] .. '-0', 'event', ARGV[2])
if type(added) == 'table' and added.err then
  if string.find(added.err, 'equal or smaller', 1, true) then return end
  return added
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', KEYS[2], ARGV[5])`;

/** Keys: stream, channel. Parameter: live message. */
const EVICT_SCRIPT = `
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', KEYS[2], ARGV[1])`;

/** Keys: stream. Parameter: start of the range. Returns the first entry, the last entry, and the entries of the range. */
const READ_AFTER_SCRIPT = `
return {
  redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1),
  redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1),
  redis.call('XRANGE', KEYS[1], ARGV[1], '+'),
}`;

/** An entry as Redis returns it: `["17-0", ["event", "{…}"]]`. */
type StreamEntry = readonly [id: string, fields: readonly string[]];

/** Appends an event and publishes it on the session's channel. */
export function appendEvent(
  connection: RedisConnection,
  session: SessionId,
  { seq, event }: ReplicatedEvent,
  liveMessage: string,
): Promise<unknown> {
  return runInOrder(
    connection,
    PUBLISH_SCRIPT,
    session,
    `${seq}`,
    event,
    `${MAX_ENTRIES}`,
    `${RETENTION_MS}`,
    liveMessage,
  );
}

/** Deletes a session's stream and publishes a message on its channel. */
export function evictStream(
  connection: RedisConnection,
  session: SessionId,
  liveMessage: string,
): Promise<unknown> {
  return runInOrder(connection, EVICT_SCRIPT, session, liveMessage);
}

/** Sends scripts in full, not as hashes: a retry of an unknown hash would run after the scripts that were sent behind it. */
function runInOrder(
  connection: RedisConnection,
  script: string,
  session: SessionId,
  ...parameters: readonly string[]
): Promise<unknown> {
  return connection.send("EVAL", script, "2", streamKey(session), channelName(session), ...parameters);
}

/** Returns the events after `seq`, or undefined when the stream does not reach back to it: {@link EventBus.eventsAfter}. */
export async function readEventsAfter(
  connection: RedisConnection,
  session: SessionId,
  seq: number | undefined,
): Promise<readonly ReplicatedEvent[] | undefined> {
  const start = seq === undefined ? "-" : `(${seq}-0`;
  const reply = await connection.runScript(READ_AFTER_SCRIPT, [streamKey(session)], [start]);
  const [[first], [last], entries] = reply as readonly [StreamEntry[], StreamEntry[], StreamEntry[]];
  if (!first || !last) return undefined;
  if (seq !== undefined && (seqOf(first) > seq + 1 || seqOf(last) < seq)) return undefined;
  return entries.map((entry) => ({ seq: seqOf(entry), event: entry[1][1] ?? "" }));
}

function seqOf([id]: StreamEntry): number {
  return Number(id.split("-")[0]);
}
