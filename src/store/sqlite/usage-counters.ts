/** The usage counters in the file of the sessions, which survive a restart. */
import type { UsageAmount, UsageCounters } from "../../access/limits/types.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** A counter is kept this long after its day or month. */
const KEPT_MS = 40 * 86_400_000;
const NONE: UsageAmount = { tokens: 0, microUsd: 0 };

/** @param now returns milliseconds. */
export function createSqliteUsage(
  database: Pick<SqliteDatabase, "run" | "transaction">,
  now: () => number,
): UsageCounters {
  let expiredOn = "";
  return {
    async read(keys) {
      return database.run(({ readUsage }) => keys.map((key) => readUsage.get({ ...key }) ?? NONE));
    },
    async add(keys, amount) {
      const day = new Date(now()).toISOString().slice(0, 10);
      return database.transaction(({ addUsage, expireUsage }) => {
        if (day !== expiredOn)
          expireUsage.run({ before: new Date(now() - KEPT_MS).toISOString().slice(0, 10) });
        expiredOn = day;
        return keys.map((key) => addUsage.get({ ...key, ...amount }) ?? NONE);
      });
    },
  };
}
