/** A script for tests of credentials: prints the health and the outcome of one call as JSON. */
import { createBedrock } from "../../../src/model/bedrock/index.ts";
import { collectOutcome, createModelRequest } from "./setup.ts";

const [endpoint, profile, id = createModelRequest().model] = process.argv.slice(2);
const model = createBedrock(
  {
    model: id,
    region: "us-east-1",
    endpoint,
    mantleEndpoint: `${endpoint}/mantle`,
    profile: profile === "" ? undefined : profile,
    maxRetries: 0,
    retryDelayMs: 1,
    connectTimeoutMs: 1000,
    idleTimeoutMs: 20_000,
  },
  {
    now: () => Date.now(),
    random: Math.random,
    sleep: (milliseconds) => Bun.sleep(milliseconds),
    warn: () => {},
  },
);
const health = await model.health();
const { error, events } = await collectOutcome(model, { model: id });
process.stdout.write(
  JSON.stringify({ health, code: error?.code, detail: error?.detail, end: events.at(-1)?.type }),
);
process.exit(0);
