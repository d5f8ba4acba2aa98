/** Errors tell whose turn it is: the client's, the operator's, or nobody's but time's. Real server, the Bedrock stand-in. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;

beforeEach(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL],
    model: createBedrockAt(bedrock.url),
  });
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

async function request(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${specchat.url}${path}`, init);
  return {
    status: response.status,
    allow: response.headers.get("allow"),
    retry: response.headers.get("x-should-retry"),
    body: await response.json(),
  };
}

const question = { model: MODEL, messages: [{ role: "user", content: "hi" }] };
const shape = (code: unknown) => ({
  error: { message: expect.any(String), type: "invalid_request_error", param: null, code },
});

describe("Below /v1", () => {
  test.each(["/v1/embeddings", "/v1/nothing/here", "/v1/", "/v1"])(
    "%s is 404 in OpenAI's format.",
    async (path) => {
      expect(await request("POST", path, {})).toMatchObject({ status: 404, body: shape("unknown_url") });
    },
  );

  test.each([
    ["GET", "/v1/chat/completions", "POST"],
    ["DELETE", "/v1/models", "GET, HEAD"],
  ])("%s %s is 405 in OpenAI's format.", async (method, path, allow) => {
    expect(await request(method, path)).toMatchObject({
      status: 405,
      allow,
      body: shape("method_not_supported"),
    });
  });

  test("a refused Origin is 403 in OpenAI's format.", async () => {
    const refused = await request("POST", "/v1/chat/completions", question, {
      Origin: "https://evil.example",
    });
    expect(refused).toMatchObject({ status: 403, body: { error: { type: "permission_error" } } });
  });

  test("other paths keep their format.", async () => {
    expect(await request("GET", "/v2/models")).toMatchObject({ status: 404, body: { detail: "Not Found" } });
  });
});

test("A request that the model refuses is 400 and not retried.", async () => {
  bedrock.script(() => ({
    error: { status: 400, type: "ValidationException", message: "This is not valid." },
  }));
  expect(await request("POST", "/v1/chat/completions", question)).toMatchObject({
    status: 400,
    retry: "false",
    body: { error: { code: "model_refused", type: "invalid_request_error" } },
  });
});

test.each([
  ["ExpiredTokenException", "The security token included in the request is expired"],
  ["UnrecognizedClientException", "The security token included in the request is invalid."],
  ["InvalidSignatureException", "The request signature we calculated does not match."],
  ["AccessDeniedException", "Bearer Token has expired"],
])("Failed credentials (%s) are not missing access, and name no flag.", async (type, message) => {
  bedrock.script(() => ({ error: { status: 403, type, message } }));
  const { status, body } = await request("POST", "/v1/chat/completions", question);
  expect({ status, message: body.error.message }).toEqual({
    status: 502,
    message: "I can't sign in to the model service. Please contact support.",
  });
});

test.each([
  ["ResourceNotFoundException", 404, "This model version has reached the end of its life."],
  ["ValidationException", 400, "Invocation of model ID x with on-demand throughput isn’t supported."],
  ["ValidationException", 400, "The provided model identifier is invalid."],
])("An end user reads no names of flags (%s %p %s).", async (type, status, message) => {
  bedrock.script(() => ({ error: { status, type, message } }));
  const client = await NativeClient.connect(specchat.url);
  const end = (await client.runTurn("hi")).at(-1);
  expect(end).toMatchObject({ type: "error", code: "model_unavailable" });
  expect(JSON.stringify(end)).not.toMatch(/ --[a-z]|BEDROCK_|AWS_/);
  client.close();
});
