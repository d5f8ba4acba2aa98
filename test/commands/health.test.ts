import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel } from "../support/scripted-model.ts";
import { SPECCHAT } from "../support/specchat-command.ts";

let ready: Specchat;
let metricsOnly: Specchat;
beforeAll(async () => {
  ready = await startSpecchat({ useDemoModel: true });
  metricsOnly = await startSpecchat({ useDemoModel: true, argv: ["--metrics-port", "0"] });
});
afterAll(() => Promise.all([ready.stop(), metricsOnly.stop()]));

async function check(...argv: readonly string[]) {
  const child = Bun.spawn([...SPECCHAT, "health", ...argv], {
    env: { HTTP_PROXY: "http://127.0.0.1:1", http_proxy: "http://127.0.0.1:1" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, out, err };
}

test("A server that is ready is found by its settings or its URL, also behind a proxy setting.", async () => {
  const port = new URL(ready.url).port;
  const metricsPort = new URL(metricsOnly.server.metricsUrl ?? "").port;
  const body = '{"status":"ready","problems":[],"dependencies":{"model":"ok","api":"ok","store":"ok"}}';
  expect(
    await Promise.all([
      check("--port", port),
      check("--host", "0.0.0.0", "--port", port, "--live"),
      check("--url", ready.url),
      check("--url", `${ready.url}/startupz`),
      check("--port", "1", "--metrics-port", metricsPort),
    ]),
  ).toMatchObject([
    { code: 0, out: `http://127.0.0.1:${port}/readyz 200 ${body}\n`, err: "" },
    { code: 0, out: `http://127.0.0.1:${port}/livez 200 {"status":"alive"}\n`, err: "" },
    { code: 0, out: `${ready.url}/readyz 200 ${body}\n`, err: "" },
    { code: 0, out: `${ready.url}/startupz 200 {"status":"started","problems":[]}\n`, err: "" },
    { code: 0, out: `http://127.0.0.1:${metricsPort}/readyz 200 ${body}\n`, err: "" },
  ]);
});

test("A server that is not ready, absent or not a URL is a failure with its reason.", async () => {
  const failing = await startSpecchat({ useDemoModel: true });
  await failing.server.stop();
  const refused = await check("--url", failing.url);
  await failing.stop();
  const unready = await startSpecchat({
    model: {
      ...createScriptedModel([]),
      health: async () => ({ status: "unready", problem: "No credentials.", advice: "" }),
    },
  });
  const answer = await check("--url", unready.url);
  await unready.stop();
  expect([refused.code, refused.out, refused.err]).toEqual([1, "", expect.stringContaining("/readyz ")]);
  expect(answer).toEqual({
    code: 1,
    out: "",
    err: `${unready.url}/readyz 503 {"status":"not ready","problems":["No credentials."],"dependencies":{"model":"failed","api":"ok","store":"ok"}}\n`,
  });
  expect(await check("--url", `${ready.url}/nothing`)).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining(" 404 "),
  });
  expect(await check("--url", "ftp://x")).toMatchObject({
    code: 1,
    err: expect.stringContaining("--url ftp://x is no address"),
  });
});
