import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ToolCall, ToolResult } from "../../../src/chat/types.ts";
import { AppError } from "../../../src/errors.ts";
import {
  type AgentEvent,
  type AgentModel,
  type AgentRequest,
  type AgentTools,
  createBedrockAgent,
  readAwsError,
} from "../../../src/model/agent/index.ts";
import { type AgentStandIn, startAgentStandIn } from "../../bedrock/agent.ts";

let agents: AgentStandIn;
let model: AgentModel;
beforeAll(async () => {
  agents = await startAgentStandIn();
  model = agentAt(60_000);
});
afterAll(async () => {
  model.close();
  await agents.stop();
});

function agentAt(silenceTimeoutMs: number): AgentModel {
  return createBedrockAgent({
    region: "us-east-1",
    endpoint: agents.url,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    connectTimeoutMs: 2000,
    idleTimeoutMs: silenceTimeoutMs,
  });
}

const QUESTION: AgentRequest = {
  agentId: "AGENT123",
  agentAliasId: "TSTALIASID",
  sessionId: "session-123",
  inputText: "What is machine learning?",
};

/** An API with two operations; what it was called with. */
function toolbox(status: ToolResult["status"] = "ok") {
  const calls: ToolCall[] = [];
  const tools: AgentTools = {
    findByName: (name) => (name === "getOrder" ? name : undefined),
    findByPath: (method, path) => (`${method} ${path}` === "POST /orders/{id}" ? "updateOrder" : undefined),
    async run(call) {
      calls.push(call);
      return {
        callId: call.id,
        name: call.name,
        status,
        content: '{"id":7}',
        durationMs: 1,
        httpStatus: status === "ok" ? 200 : 404,
      };
    },
  };
  return { tools, calls };
}

async function ask(
  request: Partial<AgentRequest> = {},
  { tools = toolbox().tools, agent = model, signal = new AbortController().signal } = {},
) {
  const events: AgentEvent[] = [];
  try {
    for await (const event of agent.invoke({ ...QUESTION, ...request }, tools, signal)) events.push(event);
    return { events };
  } catch (error) {
    if (error instanceof AppError) return { events, error };
    throw error;
  }
}

const sent = () => agents.requests.at(-1);

test("A1, A3: chunks come as text, in order, of the session that was named", async () => {
  agents.script([{ events: [{ chunk: "Machine learning" }, { chunk: " is a subset" }] }]);
  expect(await ask()).toEqual({
    events: [
      { type: "text", text: "Machine learning" },
      { type: "text", text: " is a subset" },
    ],
  });
  expect(sent()).toMatchObject({ agentId: "AGENT123", agentAliasId: "TSTALIASID", sessionId: "session-123" });
});

test("A4: a character cut in two chunks is whole again; outputText counts only as a whole object", async () => {
  const bytes = new TextEncoder().encode("café.");
  agents.script([
    {
      events: [
        { chunk: bytes.slice(0, 4) },
        { chunk: bytes.slice(4) },
        { chunk: '{"outputText": " Old."}' },
        { chunk: '{"outputText": 5}' },
        { chunk: '{"outputText": "cut' },
        { chunk: bytes.slice(0, 4) },
      ],
    },
  ]);
  const { events } = await ask();
  expect(events.map((event) => (event.type === "text" ? event.text : event.type))).toEqual([
    "caf",
    "é.",
    " Old.",
    '{"outputText": 5}',
    '{"outputText": "cut',
    "caf",
    "�",
  ]);
});

test("A5: the answer is asked for as a stream, and a trace only where it is wanted", async () => {
  const trace = {
    agentId: "AGENT123",
    trace: { preProcessingTrace: { modelInvocationInput: { text: "t" } } },
  };
  agents.script([{ events: [{ chunk: "a" }] }, { events: [{ trace }, { chunk: "a" }] }]);
  await ask();
  expect(sent()?.body).toEqual({
    inputText: QUESTION.inputText,
    streamingConfigurations: { streamFinalResponse: true },
  });
  const { events } = await ask({ trace: true });
  expect([events[0], sent()?.body.enableTrace]).toEqual([{ type: "trace", trace }, true]);
});

test("A7: attributes go into the session's state, as texts", async () => {
  agents.script([{ events: [] }]);
  await ask({ sessionAttributes: { a: "b", n: 5, o: { x: null } }, promptSessionAttributes: { c: "d" } });
  expect(sent()?.body.sessionState).toEqual({
    sessionAttributes: { a: "b", n: "5", o: '{"x":null}' },
    promptSessionAttributes: { c: "d" },
  });
});

test("A8: control that is returned for something of the client's goes to the client, whose answer goes back", async () => {
  const control = {
    invocationId: "i1",
    invocationInputs: [
      { functionInvocationInput: { actionGroup: "g", function: "unknown", parameters: [] } },
    ],
  };
  const results = [
    { functionResult: { actionGroup: "g", function: "unknown", responseBody: { TEXT: { body: "ok" } } } },
  ];
  agents.script([{ events: [{ returnControl: control }] }, { events: [{ chunk: "Thanks." }] }]);
  expect(await ask()).toEqual({ events: [{ type: "return_control", control }] });
  expect(await ask({ controlResults: { invocationId: "i1", results } })).toEqual({
    events: [{ type: "text", text: "Thanks." }],
  });
  expect(sent()?.body).toMatchObject({
    sessionState: { invocationId: "i1", returnControlInvocationResults: results },
  });
  expect(sent()?.body.inputText).toBeUndefined();
});

const ours = {
  invocationId: "i2",
  invocationInputs: [
    {
      functionInvocationInput: {
        actionGroup: "orders",
        function: "getOrder",
        parameters: [
          { name: "id", type: "integer", value: "9007199254740993" },
          { name: "zip", type: "string", value: "01234" },
        ],
      },
    },
    {
      apiInvocationInput: {
        actionGroup: "orders",
        httpMethod: "post",
        apiPath: "/orders/{id}",
        parameters: [{ name: "id", type: "string", value: "7" }],
        requestBody: {
          content: {
            "application/json": {
              properties: [
                { name: "tags", type: "array", value: '["a","b"]' },
                { name: "note", type: "object", value: "not json" },
              ],
            },
          },
        },
      },
    },
  ],
};

test("control that is returned for operations of ours: they are run with typed values, and the agent goes on", async () => {
  const { tools, calls } = toolbox();
  agents.script([
    { events: [{ chunk: "Wait. " }, { returnControl: ours }] },
    { events: [{ chunk: "Done." }] },
  ]);
  const { events } = await ask({ sessionAttributes: { a: "b" } }, { tools });
  expect(calls).toEqual([
    { id: "i2_1", name: "getOrder", arguments: { id: 9007199254740993n, zip: "01234" } },
    { id: "i2_2", name: "updateOrder", arguments: { id: "7", tags: ["a", "b"], note: "not json" } },
  ]);
  expect(events.map(({ type }) => type)).toEqual(["text", "call", "call", "result", "result", "text"]);
  expect(sent()?.body).toEqual({
    streamingConfigurations: { streamFinalResponse: true },
    sessionState: {
      sessionAttributes: { a: "b" },
      invocationId: "i2",
      returnControlInvocationResults: [
        {
          functionResult: {
            actionGroup: "orders",
            function: "getOrder",
            responseBody: { TEXT: { body: '{"id":7}' } },
          },
        },
        {
          apiResult: {
            actionGroup: "orders",
            httpMethod: "post",
            apiPath: "/orders/{id}",
            httpStatusCode: 200,
            responseBody: { "application/json": { body: '{"id":7}' } },
          },
        },
      ],
    },
  });
});

test("a call that failed is told to the agent as such", async () => {
  agents.script([{ events: [{ returnControl: ours }] }, { events: [{ chunk: "Sorry." }] }]);
  await ask({}, { tools: toolbox("failed").tools });
  expect(sent()?.body.sessionState).toMatchObject({
    returnControlInvocationResults: [
      { functionResult: { responseState: "REPROMPT" } },
      { apiResult: { responseState: "REPROMPT", httpStatusCode: 404 } },
    ],
  });
});

test("what asks for a person's consent, or is ours only in part, is the client's", async () => {
  const [first, second] = ours.invocationInputs;
  const consent = {
    functionInvocationInput: { ...first?.functionInvocationInput, actionInvocationType: "USER_CONFIRMATION" },
  };
  const foreign = { functionInvocationInput: { actionGroup: "g", function: "other" } };
  for (const invocationInputs of [[consent], [second, foreign], []]) {
    const { tools, calls } = toolbox();
    agents.script([{ events: [{ returnControl: { invocationId: "i3", invocationInputs } }] }]);
    const { events } = await ask({}, { tools });
    expect([events.map(({ type }) => type), calls]).toEqual([["return_control"], []]);
  }
});

test("an agent that returns control again and again is stopped", async () => {
  agents.script(Array.from({ length: 20 }, () => ({ events: [{ returnControl: ours }] })));
  const { error, events } = await ask();
  expect([error?.code, events.filter(({ type }) => type === "result").length]).toEqual(["model_refused", 20]);
});

test("A9: a refusal is an error in AWS's own words, without ARNs and account numbers", async () => {
  const message = "User: arn:aws:sts::123456789012:assumed-role/x is not authorized in 123456789012";
  agents.script([
    { error: { status: 403, type: "AccessDeniedException", message: "User is not authorized" } },
    { error: { status: 403, type: "AccessDeniedException", message } },
  ]);
  const { events, error } = await ask();
  expect([events, error?.code, readAwsError(error)]).toEqual([
    [],
    "access_denied",
    { code: "AccessDeniedException", message: "User is not authorized" },
  ]);
  expect(readAwsError((await ask()).error)?.message).toBe("User: (an ARN) is not authorized in (an account)");
});

for (const [name, fault, code] of [
  ["A10: a stream that is reset", "reset", "stream_interrupted"],
  ["A10: a stream that ends within a frame", "half_frame", "stream_interrupted"],
  ["an exception in the stream", { exception: "throttlingException", message: "Slow." }, "throttled"],
  ["a Lambda that fails", { exception: "dependencyFailedException", message: "No." }, "model_unavailable"],
] as const) {
  test(`${name} after one chunk is an error, and the next question works`, async () => {
    agents.script([{ events: [{ chunk: "So" }], fault }, { events: [{ chunk: "Whole." }] }]);
    const { events, error } = await ask();
    expect([events, error?.code]).toEqual([[{ type: "text", text: "So" }], code]);
    expect((await ask()).events).toEqual([{ type: "text", text: "Whole." }]);
  });
}

test("silence and stop end the question and close the connection", async () => {
  const hasty = agentAt(1000);
  agents.script([
    { events: [{ chunk: "So" }], fault: "silence" },
    { events: [{ chunk: "So" }], fault: "silence" },
  ]);
  expect((await ask({}, { agent: hasty })).error?.code).toBe("model_timeout");
  expect(await sent()?.outcome).toBe("left");
  const stop = new AbortController();
  const read = async () => {
    for await (const event of model.invoke(QUESTION, toolbox().tools, stop.signal))
      if (event.type === "text") stop.abort();
  };
  await expect(read()).rejects.toMatchObject({ code: "cancelled" });
  expect(await sent()?.outcome).toBe("left");
  hasty.close();
});
