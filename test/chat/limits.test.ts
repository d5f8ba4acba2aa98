import { expect, test } from "bun:test";
import { describeReachedLimit } from "../../src/chat/limits.ts";

const LIMITS = { maxToolCalls: 5, maxToolCallRounds: 3, maxTurnSeconds: 60, maxTurnCostUsd: 0.5 };
const USED = { calls: 5, rounds: 2, seconds: 59.9, usd: 0.49 };

test("`describeReachedLimit()` describes each limit of a turn when it is reached, and not before", () => {
  expect(describeReachedLimit(USED, LIMITS)).toBeUndefined();
  expect(describeReachedLimit({ ...USED, calls: 6 }, LIMITS)).toBe("5 tool calls");
  expect(describeReachedLimit({ ...USED, rounds: 3 }, LIMITS)).toBe("3 rounds of tool calls");
  expect(describeReachedLimit({ ...USED, seconds: 60 }, LIMITS)).toBe("60 seconds");
  expect(describeReachedLimit({ ...USED, usd: 0.5 }, LIMITS)).toBe("0.5 USD");
});

test("`describeReachedLimit()` ignores time and cost when they have no limit", () => {
  const unset = { ...LIMITS, maxTurnSeconds: undefined, maxTurnCostUsd: undefined };
  expect(describeReachedLimit({ ...USED, seconds: 1e9, usd: 1e9 }, unset)).toBeUndefined();
});
