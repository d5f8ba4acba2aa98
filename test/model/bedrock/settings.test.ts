import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { createServer } from "node:tls";
import { ACCESS_DENIED, type StandIn, startBedrock, THROTTLED } from "../../bedrock/index.ts";
import { runAskCommand } from "./front-door.ts";

// Each `specchat ask` starts a process and loads the SDK.
setDefaultTimeout(30_000);

const CLAUDE = "global.anthropic.claude-haiku-5-5";
const NOVA = "eu.amazon.nova-pro-v1:0";
let bedrock: StandIn;
let endpoint: readonly string[];
beforeAll(async () => {
  bedrock = await startBedrock();
  endpoint = ["--bedrock-endpoint", bedrock.url];
});
afterAll(async () => {
  await bedrock.stop();
});

/** Returns region and model of the requests after the first `mark`. */
function targetsSince(mark: number): readonly string[] {
  return bedrock.requests.slice(mark).map(({ headers, modelId }) => {
    const region = headers.get("authorization")?.split("/")[2];
    return `${region} ${modelId}`;
  });
}

test("the settings for family, guardrail, stop sequences, reasoning and cache points shape the request", async () => {
  const profile = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abcdefghijkl";
  bedrock.script([{ text: "Hello." }]);
  const mark = bedrock.requests.length;
  const { code } = await runAskCommand(
    [
      ...endpoint,
      "--model",
      profile,
      "--guardrail-id",
      "gr1",
      "--guardrail-version",
      "3",
      "--no-cache-points",
    ],
    {
      BEDROCK_MODEL_FAMILY: "anthropic.claude-3-7-sonnet",
      BEDROCK_STOP_SEQUENCES: "END\nSTOP, please",
      BEDROCK_REASONING_TOKENS: "2000",
    },
  );
  expect([code, targetsSince(mark)]).toEqual([0, [`us-west-2 ${profile}`]]);
  const body = bedrock.requests.at(-1)?.body;
  expect(body).toMatchObject({
    guardrailConfig: { guardrailIdentifier: "gr1", guardrailVersion: "3" },
    inferenceConfig: { maxTokens: 6096, stopSequences: ["END", "STOP, please"] },
    additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2000 } },
  });
  expect(JSON.stringify(body)).not.toContain("cachePoint");
});

test("the settings for the cache's lifetime, the service tier and metadata shape the request where the model has them", async () => {
  const flags = ["--cache-ttl", "1h", "--service-tier", "flex"];
  const environment = { BEDROCK_REQUEST_METADATA: "team=support\ncost=a=b" };
  const sent = [];
  for (const model of ["global.anthropic.claude-haiku-5-5", "us.zai.glm-5.3", "deepseek.v3.2"]) {
    bedrock.script([{ text: "Hello." }]);
    await runAskCommand([...endpoint, "--model", model, ...flags], environment);
    const { system, serviceTier, requestMetadata } = bedrock.requests.at(-1)?.body ?? {};
    sent.push({ system: Array.isArray(system) && system.slice(1), serviceTier, requestMetadata });
  }
  const requestMetadata = { team: "support", cost: "a=b" };
  expect(sent).toEqual([
    { system: [{ cachePoint: { type: "default", ttl: "1h" } }], serviceTier: undefined, requestMetadata },
    { system: [{ cachePoint: { type: "default" } }], serviceTier: { type: "flex" }, requestMetadata },
    { system: [], serviceTier: { type: "flex" }, requestMetadata },
  ]);
  const { code, stderr } = await runAskCommand([...endpoint, "--request-metadata", "team"]);
  expect([code, stderr.includes("KEY=VALUE of up to 256")]).toEqual([2, true]);
});

test("a fallback in another region is named in the notice and in the end of the turn", async () => {
  for (const name of [`eu-west-1/${NOVA}`, `${NOVA}@eu-west-1`]) {
    const mark = bedrock.requests.length;
    bedrock.script([ACCESS_DENIED, { text: "Hello." }]);
    const { code, events } = await runAskCommand([...endpoint, "--fallback-model", name]);
    expect([code, targetsSince(mark)]).toEqual([0, [`us-east-1 ${CLAUDE}`, `eu-west-1 ${NOVA}`]]);
    expect(events.slice(1)).toMatchObject([
      {
        type: "notice",
        code: "fallback_model",
        message: `${CLAUDE} is not available; using ${NOVA} in eu-west-1 instead.`,
      },
      { type: "text_delta", text: "Hello." },
      { type: "turn_ended", end: { model: NOVA, spent: [{ model: NOVA }] } },
    ]);
  }
});

test("without graceful degradation the model's error ends the turn; backoff and jitter can be disabled", async () => {
  const mark = bedrock.requests.length;
  bedrock.script(() => THROTTLED);
  const { code, events } = await runAskCommand([...endpoint, "--retry-delay", "0.1"], {
    BEDROCK_FALLBACK_MODEL: NOVA,
    BEDROCK_GRACEFUL_DEGRADATION: "false",
    BEDROCK_EXPONENTIAL_BACKOFF: "false",
    BEDROCK_JITTER: "false",
  });
  expect([code, targetsSince(mark).length]).toEqual([1, 4]);
  expect(events.flatMap((event) => (event.type === "notice" ? [event.message] : []))).toEqual(
    [1, 2, 3].map((retry) => `The model is busy; trying again in 0.1 s (${retry} of 3).`),
  );
});

test("the proxies of the environment are used, except for hosts in NO_PROXY", async () => {
  const mark = bedrock.requests.length;
  const unreachable = ["--bedrock-endpoint", "http://bedrock.example", "--max-retries", "0"];
  bedrock.script(() => ({ text: "Hello." }));
  const proxied = await runAskCommand(unreachable, { HTTP_PROXY: "http://127.0.0.1:1" });
  expect([proxied.code, proxied.stderr]).toEqual([1, expect.stringContaining("could not be reached")]);
  const exempt = await runAskCommand(endpoint, { HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "127.0.0.1" });
  expect([exempt.code, targetsSince(mark).length]).toEqual([0, 1]);
});

for (const variable of ["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]) {
  test(`${variable} adds a private certificate authority`, async () => {
    const fixtures = `${import.meta.dir}/../../fixtures`;
    const { port } = new URL(bedrock.url);
    const credentials = {
      key: await Bun.file(`${fixtures}/private-authority.key`).text(),
      cert: await Bun.file(`${fixtures}/private-authority.pem`).text(),
    };
    const server = createServer(credentials, (socket) => {
      const upstream = connect(Number(port), "127.0.0.1");
      socket.pipe(upstream).pipe(socket);
      for (const side of [socket, upstream]) side.on("error", () => side.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const secure = `https://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const argv = ["--bedrock-endpoint", secure, "--max-retries", "0"];
    bedrock.script(() => ({ text: "Hello." }));
    const untrusted = await runAskCommand(argv);
    expect([untrusted.code, untrusted.stderr]).toEqual([1, expect.stringContaining("could not be reached")]);
    expect((await runAskCommand(argv, { [variable]: `${fixtures}/private-authority.pem` })).code).toBe(0);
    server.close();
  });
}

test("a malformed fallback, an invalid price file and a missing certificate file prevent the start", async () => {
  const wrong = await runAskCommand([...endpoint, "--fallback-model", "claude"]);
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringMatching(/^fallbackModel: "claude" is not a model id/),
  ]);
  const file = `${tmpdir()}/specchat-prices-${process.pid}.json`;
  await Bun.write(file, '{"anthropic.claude": {"input": "much", "output": 1}}');
  const prices = await runAskCommand([...endpoint, "--prices", file]);
  expect([prices.code, prices.stderr]).toEqual([
    2,
    expect.stringMatching(/^prices: .* is not a valid price file: anthropic\.claude\.input: /),
  ]);
  await rm(file);
  const bundle = await runAskCommand(endpoint, { AWS_CA_BUNDLE: "/nowhere/ca.pem" });
  expect([bundle.code, bundle.stderr]).toEqual([1, "AWS_CA_BUNDLE: there is no file /nowhere/ca.pem.\n"]);
});
