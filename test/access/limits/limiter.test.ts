import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failover } from "../../../src/access/limits/failover.ts";
import { createLimiter } from "../../../src/access/limits/limiter.ts";
import { periodAt } from "../../../src/access/limits/periods.ts";
import { completeStores } from "../../../src/access/limits/shared-stores.ts";
import type { LimitTable, Refusal, Spender, UsageAmount } from "../../../src/access/limits/types.ts";
import type { CallerId } from "../../../src/access/types.ts";
import { parseLimits } from "../../../src/config/limits.ts";

const NO_LIMITS: LimitTable = {
  ...{ caller: [], key: [], organization: [] },
  ...{ address: [], server: [], failures: [] },
};
const ANN: Spender = { caller: { id: "host:ann" as CallerId, kind: "host" }, address: "192.0.2.1" };
const BOB: Spender = { caller: { id: "host:bob" as CallerId, kind: "host" }, address: "192.0.2.1" };

function open(table: Partial<LimitTable>, clock = { now: Date.UTC(2026, 10, 29, 12) }) {
  const refusals: Refusal[] = [];
  const logged: string[] = [];
  const now = () => clock.now;
  const failover = new Failover({ now, onOutage: () => {}, onRecovery: () => {} });
  const stores = completeStores({}, failover, now);
  const limiter = createLimiter({
    table: { ...NO_LIMITS, ...table },
    limitsOf: () => [],
    stores,
    now,
    onRefusal: (refusal) => refusals.push(refusal),
    onWarning: ({ message }) => logged.push(message),
  });
  return { limiter, stores, refusals, logged, clock };
}

async function openBudget(
  limiter: ReturnType<typeof open>["limiter"],
  spender = ANN,
  warnings: string[] = [],
) {
  const permit = await limiter.startTurn(spender);
  const budget = permit.openBudget(({ message }) => warnings.push(message));
  if (!budget) throw new Error("there is no budget");
  return { permit, budget };
}

const tokens = (count: number): UsageAmount => ({ tokens: count, microUsd: count * 1000 });

test("Calls may start while less than the budget is used, and the error says when it is renewed.", async () => {
  const { limiter, refusals } = open({ caller: parseLimits("100 tokens/day") });
  const { permit, budget } = await openBudget(limiter);
  expect(await budget.reserve(tokens(50))).toBeUndefined();
  await budget.settle(tokens(99));
  expect(await budget.reserve(tokens(50))).toBeUndefined();
  await budget.settle(tokens(41));
  expect(await budget.reserve(tokens(50))).toMatchObject({
    code: "budget_exceeded",
    message:
      "The budget of 100 tokens per day is used up: 140 tokens. It is renewed on 2026-11-30 at 00:00 UTC.",
    retryAfterMs: 12 * 3_600_000,
  });
  await permit.release();
  await expect(limiter.admit(ANN, true)).rejects.toMatchObject({ code: "budget_exceeded" });
  await limiter.admit(ANN, false);
  await limiter.admit(BOB, true);
  expect(refusals.map(({ scope, kind, limit }) => [scope, kind, limit])).toEqual([
    ["caller", "tokens", "100 tokens/day"],
    ["caller", "tokens", "100 tokens/day"],
  ]);
});

test("A budget begins anew with the next day, that of a month with the next month of UTC.", async () => {
  const { limiter, clock } = open({ caller: parseLimits("10 tokens/day,15 tokens/month") });
  await limiter.recordUsage(ANN, tokens(10));
  await expect(limiter.admit(ANN, true)).rejects.toMatchObject({ retryAfterMs: 12 * 3_600_000 });
  clock.now = Date.UTC(2026, 10, 30);
  await limiter.admit(ANN, true);
  await limiter.recordUsage(ANN, tokens(5));
  await expect(limiter.admit(ANN, true)).rejects.toThrow("15 tokens per month");
  clock.now = Date.UTC(2026, 11, 1) - 1;
  await expect(limiter.admit(ANN, true)).rejects.toMatchObject({ retryAfterMs: 1 });
  clock.now += 1;
  await limiter.admit(ANN, true);
});

test("The warning that 80 % are used comes once a period, to the log and to the turn that reaches it.", async () => {
  const { limiter, logged, clock } = open({
    caller: parseLimits("10 USD/day"),
    server: parseLimits("11 USD/day"),
  });
  const warnings: string[] = [];
  const first = await openBudget(limiter, ANN, warnings);
  // The reservation of another call alone reaches the share.
  await (await openBudget(limiter)).budget.reserve(tokens(2000));
  await first.budget.settle(tokens(7999));
  expect(warnings).toHaveLength(1);
  await first.budget.settle(tokens(100));
  await first.budget.settle(tokens(1200));
  expect(warnings).toEqual([
    "99 % of the budget of 10 USD per day are used. It is renewed on 2026-11-30 at 00:00 UTC.",
  ]);
  expect(logged).toEqual([
    ...warnings,
    "90 % of the budget of this server of 11 USD per day are used. It is renewed on 2026-11-30 at 00:00 UTC.",
  ]);
  clock.now += 86_400_000;
  await limiter.recordUsage(ANN, tokens(9000));
  expect(logged).toHaveLength(4);
});

test("Of limits of turns that run at the same time the one that is full is named, and a turn that ends frees its place.", async () => {
  const { limiter } = open({ caller: parseLimits("2 turns"), server: parseLimits("3 turns") });
  const [one] = [await limiter.startTurn(ANN), await limiter.startTurn(ANN)];
  await expect(limiter.startTurn(ANN)).rejects.toMatchObject({
    code: "rate_limited",
    message: "The limit is 2 turns at the same time. Try again when one has ended.",
  });
  const other = await limiter.startTurn(BOB);
  await expect(limiter.startTurn(BOB)).rejects.toThrow("The limit of this server is 3 turns");
  // A turn that goes on after its approval was admitted before.
  const resumed = await limiter.startTurn(ANN, true);
  await Promise.all([one.release(), resumed.release(), other.release()]);
  await limiter.startTurn(ANN);
});

test("New limits of the settings apply to the next request, and counters go on.", async () => {
  const { limiter } = open({ caller: parseLimits("100 tokens/day") });
  await limiter.recordUsage(ANN, tokens(50));
  limiter.replace({ ...NO_LIMITS, caller: parseLimits("40 tokens/day") });
  await expect(limiter.admit(ANN, true)).rejects.toThrow("40 tokens per day is used up: 50 tokens");
  limiter.replace(NO_LIMITS);
  await limiter.admit(ANN, true);
});

test("Whatever calls of several turns reserve, use and cancel, the counters are the sums of what was used, and no budget is exceeded by more than the calls that run at the same time.", async () => {
  const amount = fc.record({
    tokens: fc.integer({ min: 0, max: 60 }),
    microUsd: fc.integer({ min: 0, max: 60_000 }),
  });
  const step = fc.record({
    turn: fc.integer({ min: 0, max: 2 }),
    action: fc.constantFrom("reserve", "settle", "cancel"),
    amount,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { limiter, stores, clock } = open({
        caller: parseLimits("200 tokens/day"),
        server: parseLimits("1 USD/month"),
      });
      const turns = await Promise.all([0, 1, 2].map(() => openBudget(limiter)));
      const calls: (UsageAmount | undefined)[] = [];
      let used: UsageAmount = { tokens: 0, microUsd: 0 };
      for (const { turn, action, amount } of steps) {
        const { budget, permit } = turns[turn] ?? {};
        if (action === "reserve") {
          const isRefused = (await budget?.reserve(amount)) !== undefined;
          if (used.tokens >= 200) expect(isRefused).toBe(true);
          calls[turn] = isRefused ? undefined : amount;
        } else if (action === "cancel") {
          await permit?.release();
          calls[turn] = undefined;
        } else if (calls[turn]) {
          await budget?.settle(amount);
          used = { tokens: used.tokens + amount.tokens, microUsd: used.microUsd + amount.microUsd };
          calls[turn] = undefined;
        }
        expect(used.tokens).toBeLessThan(200 + 3 * 61);
      }
      for (const { permit } of turns) await permit.release();
      const day = { period: periodAt("day", clock.now).name, subject: "caller:host:ann" };
      const month = { period: periodAt("month", clock.now).name, subject: "server" };
      expect(await stores.usage.read([day, month])).toEqual([used, used]);
    }),
    { numRuns: 100 },
  );
});

test("Days and months of UTC follow each other without a gap.", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
      fc.constantFrom("day" as const, "month" as const),
      (at, unit) => {
        const { name, endsAt } = periodAt(unit, at);
        expect(new Date(at).toISOString()).toStartWith(name);
        expect(endsAt).toBeGreaterThan(at);
        expect(periodAt(unit, endsAt - 1)).toEqual({ name, endsAt });
        expect(periodAt(unit, endsAt).name).not.toBe(name);
      },
    ),
  );
});
