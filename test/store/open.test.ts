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

/** What there is besides the store, once that has kept a session. */
async function tried(...argv: readonly string[]) {
  const { store, bus, rateLimit, compact, expiresItself, warnings } = await open(...argv);
  await store.create(createSession("a"));
  expect((await store.read(createSession("a").id))?.session).toEqual(createSession("a"));
  await rateLimit?.take("ann");
  await bus?.close();
  await store.close();
  return {
    parts: Object.entries({ bus, rateLimit, compact }).flatMap(([name, part]) => (part ? [name] : [])),
    expiresItself,
    warnings,
  };
}

describe("openStore()", () => {
  test("opens a SQLite file in the data folder unless it is told otherwise", async () => {
    expect(await tried()).toEqual({ parts: ["compact"], expiresItself: false, warnings: [] });
    const { store } = await open();
    await expect(open()).rejects.toThrow(`Another specchat works in ${folder}.`);
    await store.close();
  });

  test("opens memory", async () => {
    expect(await tried("--store", "memory")).toEqual({ parts: [], expiresItself: true, warnings: [] });
  });

  test.skipIf(REDIS_SERVER === null)("opens Redis, its bus and the rate limit of all processes", async () => {
    const server = await startRedis();
    const lasting = { expiresItself: true, warnings: [] };
    expect(await tried("--store", server.address)).toEqual({ parts: ["bus"], ...lasting });
    expect(await tried("--store", server.address, "--rate-limit", "9/minute")).toEqual({
      parts: ["bus", "rateLimit"],
      ...lasting,
    });
    await server.stop();
  });

  test("starts although the server is not there yet, and says so without the password", async () => {
    const { store, bus, warnings } = await open("--store", "redis://:secret@127.0.0.1:1/2");
    expect(warnings).toEqual([
      "conversations cannot be kept yet: redis://127.0.0.1:1/2: it cannot be reached, or refuses the password: Connection closed",
    ]);
    await bus?.close();
    await store.close();
  });
});
