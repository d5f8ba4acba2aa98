/** The usage counters in the table, one item each. DynamoDB deletes them when they expire. */
import type { UsageAmount, UsageCounters, UsageKey } from "../../access/limits/types.ts";
import { type Item, integer, type Key, text } from "./attributes.ts";
import { toSeconds } from "./expiry.ts";
import type { DynamoStoreOptions } from "./types.ts";

/** Longer than a month after its last change, a counter is of no period that runs. */
const KEPT_MS = 40 * 86_400_000;

export function createDynamoUsage({ table, now }: Pick<DynamoStoreOptions, "table" | "now">): UsageCounters {
  return {
    read: (keys) => Promise.all(keys.map(async (key) => readAmount(await table.read(itemKey(key))))),
    add: (keys, { tokens, microUsd }) =>
      Promise.all(
        keys.map(async (key) =>
          readAmount(
            await table.update(itemKey(key), {
              set: { expires: integer(toSeconds(now() + KEPT_MS)) },
              compute: [
                "#tokens = if_not_exists(#tokens, :zero) + :tokens",
                "#microUsd = if_not_exists(#microUsd, :zero) + :microUsd",
              ],
              condition: "attribute_not_exists(#owner)",
              values: { ":zero": integer(0), ":tokens": integer(tokens), ":microUsd": integer(microUsd) },
              returns: "after",
            }),
          ),
        ),
      ),
  };
}

function itemKey({ period, subject }: UsageKey): Key {
  return { pk: text(`usage ${subject}`), sk: text(period) };
}

function readAmount(item: Item | undefined): UsageAmount {
  return { tokens: Number(item?.tokens?.N ?? 0), microUsd: Number(item?.microUsd?.N ?? 0) };
}
