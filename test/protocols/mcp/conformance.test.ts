/** The official conformance suite of MCP, for what specchat offers: no prompts, no logging, no subscriptions, no sampling. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type RecordingApi, type Specchat, startApi, startSpecchat } from "../../support/harness.ts";

const suite = `${import.meta.dir}/../../../node_modules/@modelcontextprotocol/conformance/dist/index.js`;

let api: RecordingApi;
let specchat: Specchat;

beforeAll(async () => {
  api = await startApi();
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", "m", "--approve", "none"],
    useDemoModel: true,
  });
});

afterAll(async () => {
  await specchat.stop();
  await api.stop();
});

test.each([
  "server-initialize",
  "ping",
  "tools-list",
  "resources-list",
  "server-sse-multiple-streams",
  "dns-rebinding-protection",
])(
  "The conformance suite passes: %s.",
  async (scenario) => {
    // The suite needs a newer Node than some machines have; Bun runs it.
    const run = Bun.spawn(
      [process.execPath, suite, "server", "--url", `${specchat.url}/mcp`, "--scenario", scenario],
      {
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const output = (await new Response(run.stdout).text()) + (await new Response(run.stderr).text());
    expect(output).toMatch(/Passed: (\d+)\/\1, 0 failed/);
    expect(await run.exited).toBe(0);
  },
  30_000,
);
