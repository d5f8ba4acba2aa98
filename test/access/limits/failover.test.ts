import { expect, test } from "bun:test";
import { Failover } from "../../../src/access/limits/failover.ts";
import { storeUnavailable } from "../../../src/store/errors.ts";

function open() {
  const clock = { now: 0 };
  const changes: string[] = [];
  const failover = new Failover({
    now: () => clock.now,
    onOutage: (detail) => changes.push(detail),
    onRecovery: () => changes.push("back"),
  });
  return { clock, changes, failover };
}

test("A place that fails is not used for five seconds, and then by one attempt until it works; each change is reported once.", async () => {
  const { clock, changes, failover } = open();
  const attempts: number[] = [];
  let outcome: () => Promise<string> = async () => {
    throw storeUnavailable("no connection");
  };
  const run = () =>
    failover.run(
      () => {
        attempts.push(clock.now);
        return outcome();
      },
      async () => "local",
    );
  expect([await run(), await run()]).toEqual(["local", "local"]);
  clock.now = 4999;
  expect(await run()).toBe("local");
  clock.now = 5000;
  const answer = Promise.withResolvers<string>();
  outcome = () => answer.promise;
  const probe = run();
  expect(await run()).toBe("local");
  answer.resolve("shared");
  expect([await probe, await run()]).toEqual(["shared", "shared"]);
  expect(attempts).toEqual([0, 5000, 5000]);
  expect(changes).toEqual(["no connection", "back"]);
});

test("A bug is not taken for an outage.", async () => {
  const { changes, failover } = open();
  const run = failover.run(
    async () => {
      throw new TypeError("a bug");
    },
    async () => "local",
  );
  await expect(run).rejects.toThrow("a bug");
  expect(changes).toEqual([]);
});
