/**
 * Measures the CPU time per delta of a long stream over a real connection, from the request to the last model event.
 * Baseline: node:http with a bare frame parser, on the same stand-in. The AWS SDK's own decoder is measured for comparison.
 */
import { Agent, request } from "node:http";
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { MessageId } from "../../src/chat/types.ts";
import { createBedrockAt } from "../support/harness.ts";
import { parseBareFrames } from "./bare-frames.ts";
import type { Measurement } from "./measurement.ts";
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
  const measurements: Measurement[] = [];
  for (const perWrite of [1, 50]) {
    const id = `deltas-${DELTAS}-${perWrite}`;
    const [bare, specchat, sdk] = await measureMinCpu([
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
    measurements.push(
      {
        name: `stream a delta, ${perWrite} per write`,
        value: perDelta(specchat),
        ratio: { of: (specchat ?? 0) / (bare ?? 0), to: "node:http and a bare frame parser", target: 2 },
      },
      { name: "… with the decoder of the AWS SDK", value: perDelta(sdk) },
    );
  }
  agent.destroy();
  model.close();
  await standIn.stop();
  return measurements;
}

/** Returns the minimum CPU time of each task in microseconds. Every round runs all tasks, so that load affects all of them. */
export async function measureMinCpu(tasks: readonly (() => Promise<void>)[]): Promise<readonly number[]> {
  const minimums = tasks.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, task] of tasks.entries()) {
      const before = process.cpuUsage();
      await task();
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
