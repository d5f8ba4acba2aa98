import { expect, test } from "bun:test";
import type { App } from "../../../src/context.ts";
import { type ProtocolState, ProtocolStates } from "../../../src/protocols/shared/protocol-state.ts";

const APP = {} as App;

test("A state is created once per server, and only when it is used.", () => {
  const created: App[] = [];
  const key: ProtocolState<object> = {
    create(app) {
      created.push(app);
      return {};
    },
  };
  const [one, other] = [new ProtocolStates(APP), new ProtocolStates(APP)];
  expect(created).toEqual([]);
  expect(one.get(key)).toBe(one.get(key));
  expect(one.get(key)).not.toBe(other.get(key));
  expect(created).toEqual([APP, APP]);
});

test("`stop()` stops the states that were created, all at once.", async () => {
  const stopped: string[] = [];
  const declare = (name: string, ms: number): ProtocolState<string> => ({
    create: () => name,
    async stop(state, graceMs) {
      await Bun.sleep(ms);
      stopped.push(`${state} ${graceMs}`);
    },
  });
  const [slow, fast, unused] = [declare("slow", 20), declare("fast", 0), declare("unused", 0)];
  const states = new ProtocolStates(APP);
  expect([slow, fast, { create: () => "plain" }].map((key) => states.get(key))).toEqual([
    "slow",
    "fast",
    "plain",
  ]);
  await states.stop(500);
  expect(stopped).toEqual(["fast 500", "slow 500"]);
  expect(states.get(unused)).toBe("unused");
});
