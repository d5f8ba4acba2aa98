/** The start of a server whose API is not up yet. */
import { afterEach, expect, test } from "bun:test";
import { startBackgroundJobs } from "../../src/app/background-jobs.ts";
import { closeApp, createApp } from "../../src/app/create-app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { startServer } from "../../src/server/server.ts";
import { testPorts } from "../support/harness.ts";

const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "Late", version: "1" },
  paths: { "/things": { get: { operationId: "listThings" } } },
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Starts a server whose document fails until `isUp` is set. Waits of the server take a millisecond. */
async function start(failure: () => Response, argv: readonly string[] = []) {
  const api = { isUp: false, requests: 0 };
  let time = 0;
  const log: string[] = [];
  const progress: string[] = [];
  const ports = testPorts(log);
  const fetchDocument = async () => {
    api.requests += 1;
    return api.isUp ? Response.json(DOCUMENT) : failure();
  };
  const waiting = {
    ...ports,
    io: { ...ports.io, fetch: fetchDocument },
    fetch: fetchDocument,
    now: () => new Date(time),
    sleep: async (ms: number) => {
      time += ms;
      await Bun.sleep(1);
    },
  };
  const { config } = loadConfig({
    argv: ["--port", "0", "--store", "memory", "--spec", "http://late.test/openapi.json", ...argv],
    environment: {},
    readFile: () => undefined,
  });
  const model = { health: async () => ({ status: "ready" }), close() {}, limits: () => ({}), cost: () => 0 };
  const stop = new AbortController();
  const app = await createApp({ ...config, model: "demo" }, { ...waiting, model: model as never }, false, {
    signal: stop.signal,
    onProgress: (text) => progress.push(text),
  });
  const server = startServer(app);
  startBackgroundJobs(app, waiting, stop.signal);
  cleanups.push(async () => {
    stop.abort();
    await server.stop();
    await closeApp(app);
  });
  return { api, app, server, progress, log };
}

const refuse = () => {
  throw new Error("Connection refused");
};

test("The server waits for --spec-wait, then starts and loads the document in the background.", async () => {
  const { api, app, server, progress } = await start(refuse);
  expect(api.requests).toBeGreaterThan(50);
  expect(progress[0]).toBe(
    "Waiting up to 60 s: http://late.test/openapi.json: cannot be reached: Connection refused",
  );
  expect(progress.length).toBe(6);
  const ready = await fetch(`${server.url}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining("cannot be reached")]);
  const health = await Promise.all(
    ["/health", "/bedrock-chat/health", "/startupz", "/livez"].map(
      async (path) => (await fetch(server.url + path)).status,
    ),
  );
  expect(health).toEqual([503, 503, 503, 200]);
  api.isUp = true;
  while (app.apis.problem !== undefined) await Bun.sleep(2);
  expect(app.apis.current.tools.map(({ name }) => name)).toEqual(["listThings"]);
  for (const path of ["/readyz", "/startupz"]) expect((await fetch(server.url + path)).status).toBe(200);
});

test("A server error of the API is waited for.", async () => {
  const { app } = await start(() => new Response("starting", { status: 503 }), ["--spec-wait", "2"]);
  expect(app.apis.problem).toContain("returned 503");
});

test("A document that waiting does not change stops the start at once, and so does --spec-wait 0.", async () => {
  const missing = start(() => new Response("", { status: 404 }));
  await expect(missing).rejects.toThrow("returned 404");
  await expect(start(() => new Response("{"))).rejects.toThrow();
  await expect(start(refuse, ["--spec-wait", "0"])).rejects.toThrow("cannot be reached");
});
