import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { SignatureV4 } from "@smithy/signature-v4";
import { type StandIn, startBedrock, THROTTLED } from "./index.ts";
import type { Chunking } from "./stream.ts";

const input: ConverseStreamCommandInput = {
  modelId:
    "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
  messages: [{ role: "user", content: [{ text: "hi" }] }],
  toolConfig: { tools: [{ toolSpec: { name: "search", inputSchema: { json: { type: "object" } } } }] },
};
const reply = {
  reasoning: { text: "hm", signature: "c2ln" },
  text: ["Grüße, ", "🌍"],
  calls: [
    { name: "search", input: { q: "a" } },
    { name: "search", input: {}, id: "own" },
  ],
  usage: { inputTokens: 7, outputTokens: 9 },
};

let bedrock: StandIn;
let client: BedrockRuntimeClient;
beforeAll(async () => {
  bedrock = await startBedrock();
  client = clientOf(bedrock.url);
});
afterAll(async () => {
  client.destroy();
  await bedrock.stop();
});

function clientOf(endpoint: string, region = "eu-west-1") {
  return new BedrockRuntimeClient({
    region,
    endpoint,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    authSchemePreference: ["aws.auth#sigv4"],
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
}

async function eventsOf(sdk: BedrockRuntimeClient) {
  const { stream = [] } = await sdk.send(new ConverseStreamCommand(input));
  const events: unknown[] = [];
  for await (const event of stream as AsyncIterable<unknown>) events.push(event);
  return events;
}

for (const chunking of ["event", "joined", { bytes: 7 }] satisfies Chunking[]) {
  test(`the SDK decodes the frames of the stand-in, with chunks of ${JSON.stringify(chunking)}`, async () => {
    const other = await startBedrock({ chunking });
    const sdk = clientOf(other.url);
    other.script([reply]);
    expect(await eventsOf(sdk)).toEqual([
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: "hm" } } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: "c2ln" } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { text: "Grüße, " } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { text: "🌍" } } },
      { contentBlockStop: { contentBlockIndex: 1 } },
      {
        contentBlockStart: {
          contentBlockIndex: 2,
          start: { toolUse: { name: "search", toolUseId: "tooluse_1" } },
        },
      },
      { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: "" } } } },
      { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: '{"q":"a"}' } } } },
      { contentBlockStop: { contentBlockIndex: 2 } },
      {
        contentBlockStart: { contentBlockIndex: 3, start: { toolUse: { name: "search", toolUseId: "own" } } },
      },
      { contentBlockDelta: { contentBlockIndex: 3, delta: { toolUse: { input: "" } } } },
      { contentBlockStop: { contentBlockIndex: 3 } },
      { messageStop: { stopReason: "tool_use" } },
      {
        metadata: {
          metrics: { latencyMs: 381 },
          usage: {
            inputTokens: 7,
            outputTokens: 9,
            cacheReadInputTokens: 0,
            cacheWriteInputTokens: 0,
            totalTokens: 16,
          },
        },
      },
    ]);
    sdk.destroy();
    await other.stop();
  });
}

test("Converse returns the same reply in one response", async () => {
  bedrock.script([reply]);
  const { output, stopReason } = await client.send(new ConverseCommand(input));
  expect({ output, stopReason }).toEqual({
    output: {
      message: {
        role: "assistant",
        content: [
          { reasoningContent: { reasoningText: { text: "hm", signature: "c2ln" } } },
          { text: "Grüße, 🌍" },
          { toolUse: { toolUseId: "tooluse_1", name: "search", input: { q: "a" } } },
          { toolUse: { toolUseId: "own", name: "search", input: {} } },
        ],
      },
    },
    stopReason: "tool_use",
  });
});

test("a request is recorded with its model, its headers and its outcome", async () => {
  bedrock.script([{ text: "hello" }]);
  await eventsOf(client);
  const request = bedrock.requests.at(-1);
  expect(request).toMatchObject({
    modelId: input.modelId,
    streaming: true,
    refusal: undefined,
    body: { messages: input.messages, toolConfig: input.toolConfig },
  });
  expect(request?.headers.get("authorization")).toStartWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/");
  expect(await request?.outcome).toBe("completed");
});

test("a scripted error has the shape of Bedrock's errors", async () => {
  bedrock.script([THROTTLED]);
  await expect(eventsOf(client)).rejects.toMatchObject({
    name: "ThrottlingException",
    message: "Too many requests, please wait before trying again.",
    $metadata: { httpStatusCode: 429 },
  });
});

test("the SDK throws an exception in the stream as an error of its class", async () => {
  bedrock.script([
    {
      text: ["a", "b"],
      fault: { after: 2, kind: { exception: "modelStreamErrorException", message: "no" } },
    },
  ]);
  await expect(eventsOf(client)).rejects.toMatchObject({ name: "ModelStreamErrorException", message: "no" });
});

test("an exhausted script responds with an error", async () => {
  bedrock.script([]);
  await expect(eventsOf(client)).rejects.toMatchObject({
    message: "The script of the stand-in is exhausted.",
  });
});

test("a signature for another region and a missing one are refused", async () => {
  const regional = await startBedrock({ region: "us-east-1" });
  const sdk = clientOf(regional.url);
  await expect(eventsOf(sdk)).rejects.toMatchObject({ name: "InvalidSignatureException" });
  const unsigned = await fetch(`${regional.url}/model/x/converse`, { method: "POST", body: "{}" });
  expect([unsigned.status, await unsigned.json()]).toEqual([
    403,
    { message: "Missing Authentication Token" },
  ]);
  sdk.destroy();
  await regional.stop();
});

test("a signature with a wrong secret, over another body or for another service is refused", async () => {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wrong" };
  const requestHandler = new NodeHttpHandler();
  const options = { region: "us-east-1", endpoint: bedrock.url, requestHandler };
  const wrongSecret = new BedrockRuntimeClient({ ...options, credentials });
  await expect(eventsOf(wrongSecret)).rejects.toMatchObject({
    name: "InvalidSignatureException",
    message: expect.stringContaining("does not match the signature you provided"),
  });
  const tampered = clientOf(bedrock.url);
  tampered.middlewareStack.add(
    (next) => (args) => {
      const { request } = args as { request: { body: unknown; headers: Record<string, string> } };
      request.body = '{"messages":[]}';
      request.headers["content-length"] = "15";
      return next(args);
    },
    { step: "finalizeRequest", priority: "low" },
  );
  await expect(eventsOf(tampered)).rejects.toMatchObject({ name: "InvalidSignatureException" });
  const signer = new SignatureV4({
    service: "bedrock",
    region: "us-east-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    sha256: wrongSecret.config.sha256,
  });
  const { hostname, port } = new URL(bedrock.url);
  const path = "/mantle/openai/v1/responses";
  const signed: unknown = await signer.sign({
    method: "POST",
    protocol: "http:",
    hostname,
    port: Number(port),
    path,
    headers: { host: `${hostname}:${port}` },
    body: "{}",
  } as never);
  const { headers } = signed as { headers: Record<string, string> };
  const foreign = await fetch(`${bedrock.url}${path}`, { method: "POST", headers, body: "{}" });
  expect([foreign.status, await foreign.json()]).toEqual([
    403,
    {
      message: "Credential should be scoped to a valid region and to correct service: 'bedrock-mantle'.",
    },
  ]);
  wrongSecret.destroy();
  tampered.destroy();
});

test("the outcome of a request is `disconnected` when its client leaves early", async () => {
  bedrock.script([{ text: ["a"], fault: { after: 2, kind: "silence" } }]);
  const controller = new AbortController();
  const { stream } = await client.send(new ConverseStreamCommand(input), { abortSignal: controller.signal });
  expect(stream).toBeDefined();
  controller.abort();
  expect(await bedrock.requests.at(-1)?.outcome).toBe("disconnected");
});

test("a prefix written by an earlier request is read from the cache", async () => {
  const cached: ConverseStreamCommandInput = {
    ...input,
    system: [{ text: "s".repeat(400) }, { cachePoint: { type: "default" } }],
  };
  bedrock.script([{ text: "a" }, { text: "b" }]);
  const first = await client.send(new ConverseCommand(cached));
  const second = await client.send(
    new ConverseCommand({ ...cached, messages: [{ role: "user", content: [{ text: "other" }] }] }),
  );
  expect(first.usage?.cacheReadInputTokens).toBe(0);
  expect(second.usage?.cacheReadInputTokens).toBe(first.usage?.cacheWriteInputTokens);
  expect(second.usage?.cacheReadInputTokens).toBeGreaterThan(100);
});
