/**
 * A stand-in for agents of Amazon Bedrock in tests: InvokeAgent with event-stream frames, strict about its inputs.
 * Responds with the script, in order; `requests` records all requests.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parseJson } from "../../src/json.ts";
import { checkAuthorization } from "./authorization.ts";
import { encodeFrame, exceptionFrame } from "./frames.ts";
import { filterRecords, isRecord, type Json, type Refusal, validationError } from "./refusal.ts";

export type AgentEvent =
  | { readonly chunk: string | Uint8Array }
  | { readonly trace: Json }
  | { readonly returnControl: Json };

export interface AgentResponse {
  /** The events, sent as they become available. */
  readonly events?: Iterable<AgentEvent> | AsyncIterable<AgentEvent>;
  /** The fault after the events. Default: none. */
  readonly fault?:
    | "reset"
    | "half_frame"
    | "silence"
    | { readonly exception: string; readonly message: string };
  readonly error?: Refusal;
}

export interface AgentRequest {
  readonly agentId: string;
  readonly agentAliasId: string;
  readonly sessionId: string;
  readonly body: Json;
  readonly refusal: Refusal | undefined;
  readonly outcome: Promise<"completed" | "disconnected">;
}

export interface AgentStandIn {
  readonly url: string;
  readonly requests: readonly AgentRequest[];
  script(responses: readonly AgentResponse[]): void;
  stop(): Promise<void>;
}

export async function startAgentStandIn(): Promise<AgentStandIn> {
  const requests: AgentRequest[] = [];
  let script: AgentResponse[] = [];
  /** Session → its last return of control, until results arrive. */
  const open = new Map<string, { invocationId: unknown; count: number }>();

  const server = createServer(async (incoming, response) => {
    const target = parseTarget(incoming);
    const bytes = await readBytes(incoming);
    const body = parseBody(bytes);
    const headers = new Headers(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    );
    const signed = { method: incoming.method ?? "", url: incoming.url ?? "", headers, body: bytes };
    const refusal =
      checkAuthorization(signed, undefined) ?? checkRequest(target, body, open.get(target.sessionId));
    const outcome = new Promise<"completed" | "disconnected">((resolve) => {
      response.once("close", () => resolve(response.writableFinished ? "completed" : "disconnected"));
    });
    requests.push({ ...target, body, refusal, outcome });
    const reply = refusal
      ? { error: refusal }
      : (script.shift() ?? { error: validationError("The script is exhausted.") });
    if (reply.error) return sendError(response, reply.error);
    open.delete(target.sessionId);
    await sendStream(response, target.sessionId, reply, ({ invocationId, invocationInputs }) =>
      open.set(target.sessionId, { invocationId, count: filterRecords(invocationInputs).length }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    requests,
    script(responses) {
      script = [...responses];
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

type Target = Pick<AgentRequest, "agentId" | "agentAliasId" | "sessionId">;

function parseTarget({ url = "" }: IncomingMessage): Target {
  const [, agentId = "", agentAliasId = "", sessionId = ""] =
    /^\/agents\/([^/]*)\/agentAliases\/([^/]*)\/sessions\/([^/]*)\/text$/.exec(url) ?? [];
  return { agentId, agentAliasId, sessionId: decodeURIComponent(sessionId) };
}

async function readBytes(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parseBody(bytes: Uint8Array): Json {
  const body = parseJson(Buffer.from(bytes).toString("utf8"));
  return isRecord(body) ? body : {};
}

function checkRequest(
  { agentId, agentAliasId, sessionId }: Target,
  body: Json,
  open: { invocationId: unknown; count: number } | undefined,
): Refusal | undefined {
  for (const [name, id] of Object.entries({ agentId, agentAliasId }))
    if (!/^[0-9a-zA-Z]{1,10}$/.test(id)) return validationError(`Value '${id}' at '${name}' is not valid.`);
  if (!/^[0-9a-zA-Z._:-]{2,100}$/.test(sessionId))
    return validationError(`Value '${sessionId}' at 'sessionId' is not valid.`);
  const state = isRecord(body.sessionState) ? body.sessionState : {};
  for (const name of ["sessionAttributes", "promptSessionAttributes"] as const) {
    if (name in body) return validationError(`Unknown parameter in input: "${name}"`);
    const attributes = isRecord(state[name]) ? state[name] : {};
    if (Object.values(attributes).some((value) => typeof value !== "string"))
      return validationError(`${name} must be texts.`);
  }
  if (state.returnControlInvocationResults === undefined)
    return typeof body.inputText === "string" && body.inputText !== ""
      ? undefined
      : validationError("inputText is required.");
  const results = filterRecords(state.returnControlInvocationResults);
  if (!open || state.invocationId !== open.invocationId)
    return validationError("The invocationId is not known.");
  return results.length === open.count && results.every(isResult)
    ? undefined
    : validationError("The results do not match the invocation.");
}

function isResult({ apiResult, functionResult }: Json): boolean {
  const result = isRecord(apiResult) ? apiResult : functionResult;
  if (!isRecord(result) || typeof result.actionGroup !== "string" || !isRecord(result.responseBody))
    return false;
  return Object.values(result.responseBody).every(
    (content) => isRecord(content) && typeof content.body === "string",
  );
}

function sendError(response: ServerResponse, { status, type, message }: Refusal): void {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type });
  response.end(JSON.stringify({ message }));
}

async function sendStream(
  response: ServerResponse,
  sessionId: string,
  reply: AgentResponse,
  onReturn: (control: Json) => void,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "application/vnd.amazon.eventstream",
    "x-amzn-bedrock-agent-content-type": "application/json",
    "x-amz-bedrock-agent-session-id": sessionId,
  });
  for await (const event of reply.events ?? []) {
    if ("returnControl" in event) onReturn(event.returnControl);
    response.write(encodeEvent(event));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { fault } = reply;
  if (fault === "silence") return;
  if (fault === "reset") return void response.socket?.destroySoon();
  if (fault === "half_frame") response.write(encodeEvent({ chunk: "lost" }).subarray(0, 20));
  else if (fault) response.write(exceptionFrame(fault.exception, { message: fault.message }));
  response.end();
}

function encodeEvent(event: AgentEvent): Uint8Array {
  const [kind = ""] = Object.keys(event);
  const payload =
    "chunk" in event ? { bytes: Buffer.from(event.chunk).toString("base64") } : Object.values(event)[0];
  return encodeFrame(
    { ":event-type": kind, ":content-type": "application/json", ":message-type": "event" },
    new TextEncoder().encode(JSON.stringify(payload)),
  );
}
