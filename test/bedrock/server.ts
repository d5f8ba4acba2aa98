/**
 * A stand-in for Amazon Bedrock in tests: Converse, ConverseStream and the Responses API of bedrock-runtime and
 * bedrock-mantle over HTTP/1.1, as strict as the service.
 *
 *     const bedrock = await startBedrock();
 *     bedrock.script([{ calls: [{ name: "list_products", input: {} }] }, { text: ["Two ", "products."] }]);
 *     … set the endpoint to bedrock.url, with any well-formed AWS credentials …
 *     expect(bedrock.requests[0]?.body).toEqual({ … });
 *     await bedrock.stop();
 *
 * Every request is checked first: signature, service model, conversation rules, tool schemas, features of the
 * family (check.ts). A refused request gets the service's error message and uses up no scripted response. reply.ts
 * defines the responses. A script is a list, or a function of the request; an exhausted list responds with a
 * ValidationException. `requests` records all requests, including refused ones; `await request.outcome` tells how its
 * connection ended.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parseJson } from "../../src/json.ts";
import { checkAuthorization } from "./authorization.ts";
import { PromptCache } from "./cache.ts";
import { checkCall, type ModelCall } from "./check.ts";
import { ThinkingBindings } from "./check-thinking.ts";
import { buildConverseBody, buildStreamEvents } from "./events.ts";
import { stringifySorted } from "./frames.ts";
import { isRecord, type Json, type Refusal } from "./refusal.ts";
import type { Failure, Reply, ScriptedResponse } from "./reply.ts";
import { ResponsesApi } from "./responses/api.ts";
import { findResponsesSurface, sendResponsesError } from "./responses/respond.ts";
import type { Surface } from "./responses/surfaces.ts";
import type { SignedRequest } from "./signature.ts";
import { type Chunking, sendStream } from "./stream.ts";

export type { Failure, Reply, ScriptedResponse } from "./reply.ts";
export { ACCESS_DENIED, THROTTLED } from "./reply.ts";

export interface StandInOptions {
  /** The region that signatures must be for. Default: any. */
  readonly region?: string;
  /** The chunking of a stream. Default: one event per write. */
  readonly chunking?: Chunking;
  /** False accepts requests that Bedrock would refuse. Default: true. */
  readonly strict?: boolean;
  /** The clock of the service, in milliseconds. Default: that of this machine. */
  readonly now?: () => number;
}

export interface RecordedRequest extends ModelCall {
  readonly headers: Headers;
  readonly surface: Surface;
  readonly refusal: Refusal | undefined;
  /** `completed` when the whole response was sent; `disconnected` when the client closed the connection first. */
  readonly outcome: Promise<"completed" | "disconnected">;
}

export type Script =
  | readonly ScriptedResponse[]
  | ((request: RecordedRequest, index: number) => ScriptedResponse);

export interface StandIn {
  readonly url: string;
  /** The endpoint of bedrock-mantle. */
  readonly mantleUrl: string;
  readonly requests: readonly RecordedRequest[];
  /** The number of TCP connections accepted so far. */
  readonly connections: number;
  /** Replaces the script. Unused responses of the previous script are dropped. */
  script(script: Script): void;
  stop(): Promise<void>;
}

export async function startBedrock(options: StandInOptions = {}): Promise<StandIn> {
  const requests: RecordedRequest[] = [];
  const cache = new PromptCache();
  const responses = new ResponsesApi();
  const thinking = new ThinkingBindings();
  let connections = 0;
  let callCount = 0;
  let nextResponse: (request: RecordedRequest) => ScriptedResponse = () => SCRIPT_EXHAUSTED;
  const nextId = () => {
    callCount += 1;
    return `tooluse_${callCount}`;
  };

  const server = createServer(async (incoming, response) => {
    if (options.now) response.setHeader("date", new Date(options.now()).toUTCString());
    const bytes = await readBytes(incoming);
    const body = parseBody(bytes);
    const target = parseTarget(incoming, body);
    const headers = new Headers(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    );
    const call: ModelCall = {
      modelId: target?.modelId ?? "",
      streaming: target?.streaming ?? false,
      body: body ?? {},
    };
    const surface = target?.surface ?? "converse";
    const check = () =>
      surface === "converse"
        ? (checkCall(call) ?? thinking.check(call.modelId, call.body))
        : responses.check(call.body, surface);
    const signed = { method: incoming.method ?? "", url: incoming.url ?? "", headers, body: bytes };
    const refusal =
      target === undefined ? UNKNOWN_OPERATION : checkRequest(signed, surface, body, check, options);
    const request: RecordedRequest = {
      ...call,
      surface,
      headers,
      refusal,
      outcome: observeOutcome(response),
    };
    requests.push(request);
    const sendFailure = surface === "converse" ? sendError : sendResponsesError;
    if (refusal) return sendFailure(response, { error: refusal });
    const scripted = nextResponse(request);
    if ("hang" in scripted) return;
    if ("error" in scripted) return sendFailure(response, scripted);
    if (surface !== "converse") return await responses.send(response, scripted, call.body, surface);
    thinking.record(call.body, scripted);
    const usage = computeUsage(scripted, cache.recordUsage(call.modelId, call.body));
    if (!call.streaming) return sendConverse(response, scripted, usage, nextId);
    await sendStream(
      response,
      scripted,
      buildStreamEvents(scripted, usage, nextId),
      options.chunking ?? "event",
    );
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}`,
    mantleUrl: `http://127.0.0.1:${port}/mantle`,
    requests,
    get connections() {
      return connections;
    },
    script(script) {
      let index = 0;
      nextResponse = (request) => {
        const response =
          typeof script === "function" ? script(request, index) : (script[index] ?? SCRIPT_EXHAUSTED);
        index += 1;
        return response;
      };
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const UNKNOWN_OPERATION: Refusal = {
  status: 404,
  type: "UnknownOperationException",
  message: "Unknown operation",
};
const SCRIPT_EXHAUSTED: Failure = {
  error: { status: 400, type: "ValidationException", message: "The script of the stand-in is exhausted." },
};

interface Target {
  readonly modelId: string;
  readonly streaming: boolean;
  readonly surface: Surface;
}

function parseTarget(request: IncomingMessage, body: Json | undefined): Target | undefined {
  const surface = findResponsesSurface(request);
  if (surface !== undefined)
    return { modelId: String(body?.model), streaming: body?.stream === true, surface };
  const [, id, operation] = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(request.url ?? "") ?? [];
  if (request.method !== "POST" || id === undefined) return undefined;
  const streaming = operation === "converse-stream";
  return { modelId: decodeURIComponent(id), streaming, surface: "converse" };
}

async function readBytes(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parseBody(bytes: Uint8Array): Json | undefined {
  try {
    const body = parseJson(Buffer.from(bytes).toString("utf8"));
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function checkRequest(
  signed: SignedRequest,
  surface: Surface,
  body: Json | undefined,
  check: () => Refusal | undefined,
  options: StandInOptions,
): Refusal | undefined {
  const service = surface.startsWith("mantle") ? "bedrock-mantle" : "bedrock";
  const unauthorized = checkAuthorization(signed, options.region, service, options.now?.());
  if (unauthorized) return unauthorized;
  if (!body)
    return { status: 400, type: "SerializationException", message: "The request body is not a JSON object." };
  return options.strict === false ? undefined : check();
}

function observeOutcome(response: ServerResponse): Promise<"completed" | "disconnected"> {
  return new Promise((resolve) => {
    response.once("close", () => resolve(response.writableFinished ? "completed" : "disconnected"));
    response.once("finish", () => resolve("completed"));
  });
}

function sendError(response: ServerResponse, { error }: Failure): void {
  response.writeHead(error.status, {
    "content-type": "application/json",
    "x-amzn-errortype": `${error.type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    "x-amzn-requestid": crypto.randomUUID(),
    ...error.headers,
  });
  response.end(error.body ?? stringifySorted({ message: error.message, ...error.fields }));
}

/** Estimates four characters per token; the script's usage takes precedence. */
function computeUsage(
  reply: Reply,
  input: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const outputTokens = Math.ceil(stringifySorted(buildConverseBody(reply, {}, () => "")).length / 4);
  const usage = { outputTokens, ...input, ...reply.usage };
  return { ...usage, totalTokens: Object.values(usage).reduce((sum, count) => sum + count, 0) };
}

function sendConverse(
  response: ServerResponse,
  reply: Reply,
  usage: Readonly<Record<string, number>>,
  nextId: () => string,
): void {
  response.writeHead(200, { "content-type": "application/json", "x-amzn-requestid": crypto.randomUUID() });
  if (reply.fault?.kind === "silence") return void response.flushHeaders();
  if (reply.fault) return void response.socket?.destroy();
  response.end(stringifySorted(buildConverseBody(reply, usage, nextId)));
}
