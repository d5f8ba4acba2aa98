/**
 * The bus over Redis: of each session a stream, whose ids are the entries' numbers, so that the server itself drops what
 * comes from somebody who lost the session; and a channel for those who watch it live.
 */
import type { SessionId } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { Bus, StoryEntry } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { createRedisWatch, type RedisWatch } from "./subscriptions.ts";

export interface RedisBusOptions {
  readonly address: string;
  readonly connection: RedisConnection;
  /** Unlike that of any other process: what it says itself, nobody here has to be told. */
  readonly name: string;
}

/** About so many entries of a story are kept, for so long after the last one. */
const MOST_ENTRIES = 2000;
const KEPT_MS = 15 * 60_000;
/** Entries that wait for the server to come back; beyond it their stories are given up. */
const MOST_WAITING = 10_000;
const PAUSE_MS = 250;
const CLOSE_MS = 1000;

/** Keys: stream, channel. Parameters: seq, event, the most entries, how long they are kept, what watchers are told. */
const PUBLISH = `
local added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], ARGV[1] .. '-0', 'event', ARGV[2])
if type(added) == 'table' and added.err then
  if string.find(added.err, 'equal or smaller', 1, true) then return end
  return added
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', KEYS[2], ARGV[5])`;

/** Keys: stream, channel. Parameter: what watchers are told. */
const GIVE_UP = `
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', KEYS[2], ARGV[1])`;

/** Keys: stream. Parameter: seq. Returns the first and the last entry, and those after seq. */
const SINCE = `
return {
  redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1),
  redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1),
  redis.call('XRANGE', KEYS[1], ARGV[1], '+'),
}`;

/** As Redis gives it: `["17-0", ["event", "{…}"]]`. */
type StreamEntry = readonly [id: string, fields: readonly string[]];

interface Waiting {
  readonly session: SessionId;
  readonly entry: StoryEntry;
}

const storyKey = (session: SessionId) => `specchat:story:${session}`;
const channelOf = (session: SessionId) => `specchat:live:${session}`;

export function createRedisBus({ address, connection, name }: RedisBusOptions): Bus {
  const watch: RedisWatch = createRedisWatch(address, name, channelOf);
  /** Sent or to be sent, oldest first; each leaves when the server has it. */
  let waiting: Waiting[] = [];
  /** Stories with a gap, until those who follow them were told. */
  const broken = new Set<SessionId>();
  let pause: Timer | undefined;
  let isClosed = false;

  function run(script: string, session: SessionId, ...parameters: readonly string[]): Promise<unknown> {
    // Whole scripts, never their sums: a second attempt at one would overtake those behind it.
    const keys = [storyKey(session), channelOf(session)];
    return connection.send("EVAL", script, `${keys.length}`, ...keys, ...parameters);
  }

  async function send(one: Waiting): Promise<void> {
    const { session, entry } = one;
    const live = watch.message("entry", `${entry.seq} ${entry.event}`);
    try {
      await run(PUBLISH, session, `${entry.seq}`, entry.event, `${MOST_ENTRIES}`, `${KEPT_MS}`, live);
    } catch (error) {
      // All behind it fail as well; they are sent again together, in their order.
      if (error instanceof AppError) return sendAgainLater();
    }
    const place = waiting.indexOf(one);
    if (place <= 0) return void waiting.splice(0, place + 1);
    const overtaken = waiting.slice(0, place).filter((other) => other.session === session);
    waiting = waiting.filter((other) => other !== one && !overtaken.includes(other));
    // The server takes them no more.
    if (overtaken.length > 0) giveUp([session]);
  }

  function giveUp(stories: readonly SessionId[]): void {
    for (const session of stories) broken.add(session);
    sendAgainLater();
  }

  function sendAgainLater(): void {
    if (pause !== undefined || isClosed) return;
    pause = setTimeout(async () => {
      for (const session of broken) {
        const isTold = await run(GIVE_UP, session, watch.message("lost", "")).then(
          () => true,
          () => false,
        );
        if (isTold) broken.delete(session);
      }
      pause = undefined;
      if (broken.size > 0) return sendAgainLater();
      for (const one of [...waiting]) void send(one);
    }, PAUSE_MS);
  }

  return {
    publish(session, entry) {
      if (isClosed) return;
      if (waiting.length >= MOST_WAITING) {
        giveUp(waiting.map(({ session }) => session));
        waiting = [];
      }
      const one = { session, entry };
      waiting.push(one);
      if (pause === undefined) void send(one);
    },
    command(session, command) {
      const live = watch.message("command", command);
      // One that comes late, when the server is back, would hit what it was not meant for.
      connection.send("PUBLISH", channelOf(session), live).catch(() => undefined);
    },
    watch: (session, watcher) => watch.add(session, watcher),
    async since(session, seq) {
      const reply = await connection.run(SINCE, [storyKey(session)], [seq === undefined ? "-" : `(${seq}-0`]);
      const [[first], [last], entries] = reply as readonly [StreamEntry[], StreamEntry[], StreamEntry[]];
      if (!first || !last) return undefined;
      if (seq !== undefined && (seqOf(first) > seq + 1 || seqOf(last) < seq)) return undefined;
      return entries.map((entry) => ({ seq: seqOf(entry), event: entry[1][1] ?? "" }));
    },
    async close() {
      isClosed = true;
      // The last words of turns that were stopped with the process.
      for (let waited = 0; waiting.length > 0 && waited < CLOSE_MS; waited += 10) await Bun.sleep(10);
      clearTimeout(pause);
      await watch.close();
    },
  };
}

function seqOf([id]: StreamEntry): number {
  return Number(id.split("-")[0]);
}
