import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { SessionId } from "../../../src/chat/types.ts";
import { AppError } from "../../../src/errors.ts";
import { createRedisBus } from "../../../src/store/redis/bus.ts";
import { connectRedis } from "../../../src/store/redis/connection.ts";
import { streamKey } from "../../../src/store/redis/keys.ts";
import type { EventBus, ReplicatedEvent } from "../../../src/store/types.ts";
import { REDIS_SERVER, type RedisServer, startRedis } from "./redis-server.ts";

const entry = (seq: number): ReplicatedEvent => ({ seq, event: `{"text":"${seq} ä\\n"}` });
const entries = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));

const lastSeq = async (bus: EventBus, session: SessionId) =>
  (await bus.eventsAfter(session))?.at(-1)?.seq ?? 0;

/** Waits until the condition holds. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await Bun.sleep(5);
}

describe.skipIf(REDIS_SERVER === null)("The Redis bus", () => {
  let server: RedisServer;
  const opened: { close(): unknown }[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await Promise.all(opened.map((one) => one.close()));
    await server.stop();
  });

  /** Opens the bus of another process. */
  function openBus(): EventBus {
    const connection = connectRedis(server.address);
    const bus = createRedisBus({ address: server.address, connection, name: randomUUID() });
    opened.push(bus, connection);
    return bus;
  }

  const newSession = () => randomUUID() as SessionId;

  /** Subscribes, and records what the subscriber receives, in order. */
  async function listen(bus: EventBus, session: SessionId) {
    const received: unknown[] = [];
    const stop = await bus.subscribe(session, {
      onEvent: (one) => received.push(one),
      onCommand: (command) => received.push(command),
      onGap: () => received.push("lost"),
    });
    return { received, stop };
  }

  test("delivers events to every other process in order, and none to its sender.", async () => {
    const [one, two, three] = [openBus(), openBus(), openBus()];
    const session = newSession();
    const listeners = await Promise.all([one, two, three].map((bus) => listen(bus, session)));
    await listen(two, newSession());
    for (const each of entries(1, 500)) one.publish(session, each);
    two.command(session, "stop now\nplease");
    await until(() => listeners[2]?.received.length === 501 && listeners[1]?.received.length === 500);
    expect(listeners[0]?.received).toEqual(["stop now\nplease"]);
    expect(listeners[1]?.received).toEqual(entries(1, 500));
    expect(listeners[2]?.received.filter((message) => typeof message !== "string")).toEqual(entries(1, 500));
    expect(await three.eventsAfter(session, 0)).toEqual(entries(1, 500));
    expect(await three.eventsAfter(session, 497)).toEqual(entries(498, 500));
    expect(await three.eventsAfter(session, 500)).toEqual([]);
    expect(await lastSeq(three, session)).toBe(500);
  });

  test("sends queued events before it closes.", async () => {
    const [one, two] = [openBus(), openBus()];
    const session = newSession();
    for (const each of entries(1, 100)) one.publish(session, each);
    await one.close();
    expect(await two.eventsAfter(session, 0)).toEqual(entries(1, 100));
  });

  test("drops events of a process that has lost the session.", async () => {
    const [old, now, reader] = [openBus(), openBus(), openBus()];
    const session = newSession();
    const { received } = await listen(reader, session);
    now.publish(session, entry(7));
    await until(() => received.length === 1);
    old.publish(session, { seq: 6, event: "late" });
    old.publish(session, { seq: 7, event: "late" });
    old.publish(session, entry(8));
    await until(() => received.length === 2);
    expect(received).toEqual([entry(7), entry(8)]);
    expect(await reader.eventsAfter(session, 6)).toEqual(entries(7, 8));
  });

  test("returns no events when the log does not reach back far enough or does not exist.", async () => {
    const bus = openBus();
    const session = newSession();
    expect([await bus.eventsAfter(session, 0), await lastSeq(bus, session)]).toEqual([undefined, 0]);
    for (const each of entries(1, 5000)) bus.publish(session, each);
    await until(async () => (await lastSeq(bus, session)) === 5000);
    expect(await bus.eventsAfter(session, 1)).toBeUndefined();
    expect(await bus.eventsAfter(session, 4000)).toEqual(entries(4001, 5000));
    expect(await bus.eventsAfter(session, 5001)).toBeUndefined();
    expect(Number(await server.send("XLEN", streamKey(session)))).toBeLessThan(2200);
    expect(Number(await server.send("PTTL", streamKey(session)))).toBeGreaterThan(800_000);
  });

  test("stops delivering after an unsubscribe, and delivers to a new subscription.", async () => {
    const [one, two] = [openBus(), openBus()];
    const session = newSession();
    const [first, second] = [await listen(two, session), await listen(two, session)];
    first.stop();
    one.publish(session, entry(1));
    await until(() => second.received.length === 1);
    second.stop();
    const channel = `specchat:live:${session}`;
    const subscribers = async () =>
      (await server.send("PUBSUB", "NUMSUB", channel)) as Record<string, number>;
    await until(async () => Number(Object.values(await subscribers()).at(-1)) === 0);
    one.publish(session, entry(2));
    await until(async () => (await lastSeq(one, session)) === 2);
    const third = await listen(two, session);
    one.publish(session, entry(3));
    await until(() => third.received.length === 1);
    expect([first.received, second.received, third.received]).toEqual([[], [entry(1)], [entry(3)]]);
  });

  test("reports a gap to subscribers after their connection broke, then delivers again.", async () => {
    const [one, two] = [openBus(), openBus()];
    const [a, b] = [newSession(), newSession()];
    const [first, second] = [await listen(two, a), await listen(two, b)];
    one.publish(a, entry(1));
    await until(() => first.received.length === 1);
    await server.send("CLIENT", "KILL", "TYPE", "PUBSUB");
    await until(() => second.received.length === 1);
    one.publish(a, entry(2));
    one.publish(b, entry(1));
    await until(() => first.received.length === 3 && second.received.length === 2);
    expect([first.received, second.received]).toEqual([
      [entry(1), "lost", entry(2)],
      ["lost", entry(1)],
    ]);
  });

  test("queues events while the server is down, and delivers them in order afterwards.", async () => {
    const [one, two] = [openBus(), openBus()];
    const session = newSession();
    const { received } = await listen(two, session);
    one.publish(session, entry(1));
    await until(() => received.length === 1);
    await server.kill();
    for (const each of entries(2, 50)) one.publish(session, each);
    one.command(session, "never sent");
    await expect(two.eventsAfter(session, 0)).rejects.toMatchObject({ code: "store_unavailable" });
    await expect(two.subscribe(session, { onEvent() {}, onCommand() {}, onGap() {} })).rejects.toMatchObject({
      code: "store_unavailable",
    });
    await server.start();
    await until(async () => (await lastSeq(two, session)) === 50 && received.includes("lost"));
    expect(await two.eventsAfter(session, 0)).toEqual(entries(1, 50));
    expect(received.filter((one) => typeof one === "string")).toEqual(["lost"]);
  });

  test("evicts a log with an overtaken event and reports a gap to its subscribers.", async () => {
    const session = newSession();
    const reader = openBus();
    const { received } = await listen(reader, session);
    const connection = connectRedis(server.address);
    const send: typeof connection.send = (command, ...parameters) =>
      parameters.includes(entry(2).event)
        ? Promise.reject(new AppError("store_unavailable", "for a moment"))
        : connection.send(command, ...parameters);
    const bus = createRedisBus({ address: server.address, connection: { ...connection, send }, name: "x" });
    opened.push(bus, connection);
    for (const each of entries(1, 3)) bus.publish(session, each);
    await until(() => received.length === 3);
    for (const each of entries(4, 5)) bus.publish(session, each);
    await until(() => received.length === 5);
    expect(received).toEqual([entry(1), entry(3), "lost", ...entries(4, 5)]);
    expect(await reader.eventsAfter(session, 1)).toBeUndefined();
    expect(await reader.eventsAfter(session, 3)).toEqual(entries(4, 5));
  });

  test("evicts a log whose queue grew too long during an outage, so that it has no gap.", async () => {
    const [one, two] = [openBus(), openBus()];
    const session = newSession();
    one.publish(session, entry(1));
    await until(async () => (await lastSeq(two, session)) === 1);
    await server.kill();
    for (const each of entries(2, 10_010)) one.publish(session, each);
    await server.start();
    await until(async () => (await lastSeq(two, session)) === 10_010);
    expect(await two.eventsAfter(session, 1)).toBeUndefined();
    expect(await two.eventsAfter(session, 10_001)).toEqual(entries(10_002, 10_010));
  });
});
