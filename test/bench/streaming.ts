/**
 * A long stream over a real connection, from the request to the last model event: all of the product's path, CPU per delta.
 * Baseline: node:http with a bare frame parser, from the same stand-in. The SDK's own reading of it stands beside.
 */
import { Agent, request } from "node:http";
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { MessageId } from "../../src/chat/types.ts";
import { createBedrockAt } from "../support/harness.ts";
import { parseBareFrames } from "./bare-frames.ts";
import type { Measurement } from "./figure.ts";
import { startStandIn } from "./stand-in-process.ts";

const DELTAS = 20_000;
const ROUNDS = 5;

export async function streaming(): Promise<readonly Measurement[]> {
  const standIn = await startStandIn();
  const model = createBedrockAt(standIn.url);
  const agent = new Agent({ keepAlive: true });
  const client = new BedrockRuntimeClient({
    region: "us-east-1",
    endpoint: standIn.url,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
    requestHandler: new NodeHttpHandler({ httpAgent: agent }),
  });
  const figures: Measurement[] = [];
  for (const perWrite of [1, 50]) {
    const id = `deltas-${DELTAS}-${perWrite}`;
    const [bare, ours, sdk] = await measureMinCpu([
      () => readBareStream(`${standIn.url}/model/${id}/converse-stream`, agent),
      async () => {
        const messages = [{ role: "user", id: "m" as MessageId, at: "", text: "hi" }] as const;
        const modelRequest = { model: id, system: "", messages, tools: [], maxTokens: 100 };
        for await (const event of model.stream(modelRequest, new AbortController().signal)) void event;
      },
      async () => {
        const messages = [{ role: "user" as const, content: [{ text: "hi" }] }];
        const { stream } = await client.send(new ConverseStreamCommand({ modelId: id, messages }));
        for await (const event of stream ?? []) void event;
      },
    ]);
    const perDelta = (microseconds = Number.NaN) => `${(microseconds / DELTAS).toFixed(2)} µs CPU`;
    figures.push(
      {
        name: `streaming a delta, ${perWrite} a write`,
        value: perDelta(ours),
        ratio: { of: (ours ?? 0) / (bare ?? 0), to: "node:http and a bare frame parser", target: 2 },
      },
      { name: "… read by the SDK itself", value: perDelta(sdk) },
    );
  }
  agent.destroy();
  model.close();
  await standIn.stop();
  return figures;
}

/** Microseconds of each, the least of some rounds: all take part in every round, so that a busy moment meets all. */
async function measureMinCpu(tasks: readonly (() => Promise<void>)[]): Promise<readonly number[]> {
  const minimums = tasks.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, work] of tasks.entries()) {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      minimums[index] = Math.min(minimums[index] ?? Number.POSITIVE_INFINITY, user + system);
    }
  }
  return minimums;
}

function readBareStream(url: string, agent: Agent): Promise<void> {
  let rest = new Uint8Array(0);
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", agent }, (response) => {
      response.on("data", (chunk: Uint8Array) => {
        rest = new Uint8Array(parseBareFrames(rest.length === 0 ? chunk : Buffer.concat([rest, chunk])));
      });
      response.on("end", () => resolve());
    });
    call.on("error", reject);
    call.end("{}");
  });
}
