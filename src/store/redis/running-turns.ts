/** Counts the turns of all processes: a sorted set for each subject, of turns and the times until which they count. */
import type { RunningTurns } from "../../access/limits/types.ts";
import type { RedisConnection } from "./connection.ts";
import { turnsKey } from "./keys.ts";

/** The time in milliseconds for which a turn counts when its process no longer renews it. */
const TURN_MS = 60_000;

/** Keys: sets. Parameters: turn, milliseconds, then the maximum of each set. Returns 0, or the number of a full set. */
const ACQUIRE_SCRIPT = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for index, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  if redis.call('ZCARD', key) >= tonumber(ARGV[index + 2]) then return index end
end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + tonumber(ARGV[2]), ARGV[1])
  redis.call('PEXPIRE', key, ARGV[2])
end
return 0`;

/** Keys: sets. Parameters: milliseconds, then the turn of each set. */
const RENEW_SCRIPT = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for index, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + tonumber(ARGV[1]), ARGV[index + 1])
  redis.call('PEXPIRE', key, ARGV[1])
end`;

/** Keys: sets. Parameter: turn. */
const RELEASE_SCRIPT = "for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end";

export function createRedisTurns(connection: Pick<RedisConnection, "runScript">): RunningTurns {
  /** The turns of this process → their subjects. */
  const running = new Map<string, readonly string[]>();
  let timer: ReturnType<typeof setInterval> | undefined;
  function renewAll(): void {
    const entries = [...running].flatMap(([turn, subjects]) =>
      subjects.map((subject) => ({ turn, subject })),
    );
    const keys = entries.map(({ subject }) => turnsKey(subject));
    const parameters = [`${TURN_MS}`, ...entries.map(({ turn }) => turn)];
    // A turn that is not renewed in time no longer counts; the next renewal adds it again.
    connection.runScript(RENEW_SCRIPT, keys, parameters).catch(() => undefined);
  }
  function keep(turn: string, subjects: readonly string[]): void {
    running.set(turn, subjects);
    timer ??= setInterval(renewAll, TURN_MS / 3);
    timer.unref();
  }
  return {
    async acquire(turn, slots) {
      const subjects = slots.map(({ subject }) => subject);
      const parameters = [turn, `${TURN_MS}`, ...slots.map(({ max }) => `${max}`)];
      const full = await connection.runScript(ACQUIRE_SCRIPT, subjects.map(turnsKey), parameters);
      if (typeof full === "number" && full > 0) return full - 1;
      keep(turn, subjects);
      return undefined;
    },
    async release(turn, subjects) {
      if (!running.delete(turn)) return;
      if (running.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
      await connection.runScript(RELEASE_SCRIPT, subjects.map(turnsKey), [turn]).catch(() => undefined);
    },
  };
}
