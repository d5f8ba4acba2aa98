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

function agentAt(idleTimeoutMs: number): AgentModel {
  return createBedrockAgent({
    region: "us-east-1",
    endpoint: agents.url,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    connectTimeoutMs: 2000,
    idleTimeoutMs,
  });
}

const REQUEST: AgentRequest = {
  agentId: "AGENT123",
  agentAliasId: "TSTALIASID",
  sessionId: "session-123",
  inputText: "What is machine learning?",
};

/** Creates tools for two operations, and records their calls. */
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
    for await (const event of agent.invoke({ ...REQUEST, ...request }, tools, signal)) events.push(event);
    return { events };
  } catch (error) {
    if (error instanceof AppError) return { events, error };
    throw error;
  }
}

const lastRequest = () => agents.requests.at(-1);

test("A1, A3: the chunks of the given session are emitted as text, in order", async () => {
  agents.script([{ events: [{ chunk: "Machine learning" }, { chunk: " is a subset" }] }]);
  expect(await ask()).toEqual({
    events: [
      { type: "text", text: "Machine learning" },
      { type: "text", text: " is a subset" },
    ],
  });
  expect(lastRequest()).toMatchObject({
    agentId: "AGENT123",
    agentAliasId: "TSTALIASID",
    sessionId: "session-123",
  });
});

test("A4: a character split across chunks is decoded, and outputText is read from complete objects only", async () => {
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

test("A5: the response is requested as a stream, and a trace only on demand", async () => {
  const trace = {
    agentId: "AGENT123",
    trace: { preProcessingTrace: { modelInvocationInput: { text: "t" } } },
  };
  agents.script([{ events: [{ chunk: "a" }] }, { events: [{ trace }, { chunk: "a" }] }]);
  await ask();
  expect(lastRequest()?.body).toEqual({
    inputText: REQUEST.inputText,
    streamingConfigurations: { streamFinalResponse: true },
  });
  const { events } = await ask({ trace: true });
  expect([events[0], lastRequest()?.body.enableTrace]).toEqual([{ type: "trace", trace }, true]);
});

test("A7: attributes are sent in the session state, as strings", async () => {
  agents.script([{ events: [] }]);
  await ask({ sessionAttributes: { a: "b", n: 5, o: { x: null } }, promptSessionAttributes: { c: "d" } });
  expect(lastRequest()?.body.sessionState).toEqual({
    sessionAttributes: { a: "b", n: "5", o: '{"x":null}' },
    promptSessionAttributes: { c: "d" },
  });
});

test("A8: a return of control for an unknown tool is passed to the client, and its results are sent back", async () => {
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
  expect(lastRequest()?.body).toMatchObject({
    sessionState: { invocationId: "i1", returnControlInvocationResults: results },
  });
  expect(lastRequest()?.body.inputText).toBeUndefined();
});

const knownTools = {
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

test("a return of control for known tools runs them with typed values and continues the agent", async () => {
  const { tools, calls } = toolbox();
  agents.script([
    { events: [{ chunk: "Wait. " }, { returnControl: knownTools }] },
    { events: [{ chunk: "Done." }] },
  ]);
  const { events } = await ask({ sessionAttributes: { a: "b" } }, { tools });
  expect(calls).toEqual([
    { id: "i2_1", name: "getOrder", arguments: { id: 9007199254740993n, zip: "01234" } },
    { id: "i2_2", name: "updateOrder", arguments: { id: "7", tags: ["a", "b"], note: "not json" } },
  ]);
  expect(events.map(({ type }) => type)).toEqual(["text", "call", "call", "result", "result", "text"]);
  expect(lastRequest()?.body).toEqual({
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

test("a failed call is reported to the agent with REPROMPT", async () => {
  agents.script([{ events: [{ returnControl: knownTools }] }, { events: [{ chunk: "Sorry." }] }]);
  await ask({}, { tools: toolbox("failed").tools });
  expect(lastRequest()?.body.sessionState).toMatchObject({
    returnControlInvocationResults: [
      { functionResult: { responseState: "REPROMPT" } },
      { apiResult: { responseState: "REPROMPT", httpStatusCode: 404 } },
    ],
  });
});

test("a return of control that needs the user's confirmation or an unknown tool is passed to the client", async () => {
  const [first, second] = knownTools.invocationInputs;
  const confirmation = {
    functionInvocationInput: { ...first?.functionInvocationInput, actionInvocationType: "USER_CONFIRMATION" },
  };
  const foreign = { functionInvocationInput: { actionGroup: "g", function: "other" } };
  for (const invocationInputs of [[confirmation], [second, foreign], []]) {
    const { tools, calls } = toolbox();
    agents.script([{ events: [{ returnControl: { invocationId: "i3", invocationInputs } }] }]);
    const { events } = await ask({}, { tools });
    expect([events.map(({ type }) => type), calls]).toEqual([["return_control"], []]);
  }
});

test("an agent that returns control more than 10 times in one turn is stopped", async () => {
  agents.script(Array.from({ length: 20 }, () => ({ events: [{ returnControl: knownTools }] })));
  const { error, events } = await ask();
  expect([error?.code, events.filter(({ type }) => type === "result").length]).toEqual(["model_refused", 20]);
});

test("A9: an AWS error keeps its code and message, without ARNs and account ids", async () => {
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
  test(`${name} after one chunk is an error, and the next request succeeds`, async () => {
    agents.script([{ events: [{ chunk: "So" }], fault }, { events: [{ chunk: "Whole." }] }]);
    const { events, error } = await ask();
    expect([events, error?.code]).toEqual([[{ type: "text", text: "So" }], code]);
    expect((await ask()).events).toEqual([{ type: "text", text: "Whole." }]);
  });
}

test("a timeout and an abort end the request and close the connection", async () => {
  const impatient = agentAt(1000);
  agents.script([
    { events: [{ chunk: "So" }], fault: "silence" },
    { events: [{ chunk: "So" }], fault: "silence" },
  ]);
  expect((await ask({}, { agent: impatient })).error?.code).toBe("model_timeout");
  expect(await lastRequest()?.outcome).toBe("disconnected");
  const stop = new AbortController();
  const read = async () => {
    for await (const event of model.invoke(REQUEST, toolbox().tools, stop.signal))
      if (event.type === "text") stop.abort();
  };
  await expect(read()).rejects.toMatchObject({ code: "cancelled" });
  expect(await lastRequest()?.outcome).toBe("disconnected");
  impatient.close();
});
