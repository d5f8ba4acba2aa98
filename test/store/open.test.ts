import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { type OpenedStore, openStore } from "../../src/store/open.ts";
import { REDIS_SERVER, startRedis } from "./redis/redis-server.ts";
import { createSession } from "./sample.ts";

const folder = await mkdtemp(join(tmpdir(), "specchat-open-"));
afterAll(() => rm(folder, { recursive: true }));

function open(...argv: readonly string[]): Promise<OpenedStore> {
  const { config } = loadConfig({
    argv: ["--data-dir", folder, ...argv],
    environment: {},
    readFile: () => undefined,
  });
  return openStore(config.store, { ...config, now: () => new Date() });
}

/** Opens a store, saves a session, and returns what was opened besides the store. */
async function openAndUse(...argv: readonly string[]) {
  const { store, bus, limitStores, compact, ...rest } = await open(...argv);
  await store.create(createSession("a"));
  expect((await store.read(createSession("a").id))?.session).toEqual(createSession("a"));
  await limitStores?.usage?.add([{ period: "2026-11", subject: "ann" }], { tokens: 1, microUsd: 1 });
  await bus?.close();
  await store.close();
  return {
    parts: Object.entries({ bus, limitStores, compact }).flatMap(([name, part]) => (part ? [name] : [])),
    ...rest,
  };
}

describe("openStore()", () => {
  test("opens a SQLite file in the data folder by default.", async () => {
    expect(await openAndUse()).toEqual({
      parts: ["limitStores", "compact"],
      expiresItself: false,
      hasExclusiveDataDir: true,
      warnings: [],
    });
    const { store } = await open();
    await expect(open()).rejects.toThrow(`Another specchat process uses ${folder}.`);
    await store.close();
  });

  test("opens the memory store.", async () => {
    expect(await openAndUse("--store", "memory")).toEqual({
      parts: [],
      expiresItself: true,
      hasExclusiveDataDir: false,
      warnings: [],
    });
  });

  test.skipIf(REDIS_SERVER === null)(
    "opens Redis with its event bus and the counters of limits over all processes.",
    async () => {
      const server = await startRedis();
      const properties = { expiresItself: true, hasExclusiveDataDir: false, warnings: [] };
      expect(await openAndUse("--store", server.address)).toEqual({
        parts: ["bus", "limitStores"],
        ...properties,
      });
      await server.stop();
    },
  );

  test("returns a warning without the password when the server is unreachable.", async () => {
    const { store, bus, warnings } = await open("--store", "redis://:secret@127.0.0.1:1/2");
    expect(warnings).toEqual([
      "session store unavailable: redis://127.0.0.1:1/2: cannot connect or authenticate: Connection closed",
    ]);
    await bus?.close();
    await store.close();
  });
});
