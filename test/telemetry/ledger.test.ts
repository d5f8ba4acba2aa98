import { expect, test } from "bun:test";
import type { CallerId } from "../../src/access/types.ts";
import type { SessionId } from "../../src/chat/types.ts";
import { Ledger } from "../../src/telemetry/ledger.ts";

const [ann, bob] = ["ann" as CallerId, "bob" as CallerId];
const [first, second] = ["s1" as SessionId, "s2" as SessionId];

test("`costs()` returns the sums per session, per caller and day, and per day in UTC.", () => {
  let now = "2026-01-02T23:59:00.000Z";
  const ledger = new Ledger(() => new Date(now));
  ledger.add(first, ann, 1);
  ledger.add(second, ann, 2);
  ledger.add(second, bob, 4);
  expect(ledger.costs(first, ann)).toEqual({ session: 1, caller: 3, today: 7 });
  expect(ledger.costs(second, bob)).toEqual({ session: 6, caller: 4, today: 7 });
  now = "2026-01-03T00:00:00.000Z";
  expect(ledger.costs(second, ann)).toEqual({ session: 6, caller: 0, today: 0 });
  ledger.add(second, ann, 8);
  expect(ledger.costs(second, ann)).toEqual({ session: 14, caller: 8, today: 8 });
});

test("An unknown price makes only the sums that include it unknown.", () => {
  const ledger = new Ledger(() => new Date("2026-01-02T00:00:00.000Z"));
  ledger.add(first, ann, null);
  ledger.add(first, ann, 1);
  ledger.add(second, bob, 2);
  expect(ledger.costs(first, ann)).toEqual({ session: null, caller: null, today: null });
  expect(ledger.costs(second, bob)).toEqual({ session: 2, caller: 2, today: null });
});

test("The least recently used sessions are evicted first.", () => {
  const ledger = new Ledger(() => new Date("2026-01-02T00:00:00.000Z"));
  const id = (index: number) => `s${index}` as SessionId;
  for (let index = 0; index < 10_000; index++) ledger.add(id(index), ann, 1);
  ledger.add(id(0), ann, 1);
  ledger.add(id(10_000), ann, 1);
  const sessions = [0, 1, 2, 10_000].map((index) => ledger.costs(id(index), ann).session);
  expect(sessions).toEqual([2, 0, 1, 1]);
});
