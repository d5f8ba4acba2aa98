/** Sends replies and errors of the Responses API. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Failure, Reply } from "../reply.ts";
import { resetConnection } from "../reset.ts";
import { buildResponsesEvents, type EventIds, type ResponsesEvent, serializeEvent } from "./events.ts";
import type { Surface } from "./surfaces.ts";

/** Returns the surface that a path belongs to; undefined for any other path. */
export function findResponsesSurface({ method, url }: IncomingMessage): Surface | undefined {
  return method === "POST" ? PATHS[url ?? ""] : undefined;
}

const PATHS: Readonly<Record<string, Surface>> = {
  "/openai/v1/responses": "responses",
  "/mantle/openai/v1/responses": "mantle /openai/v1",
  "/mantle/v1/responses": "mantle /v1",
};

/** The errors that AWS reports before a request reaches the API. They have AWS's shape. */
const GATEWAY_ERRORS = /Signature|Token|UnrecognizedClient|AccessDenied|UnknownOperation/;

export function sendResponsesError(response: ServerResponse, { error }: Failure): void {
  const { status, type, message, headers, body, fields } = error;
  const isGateway = GATEWAY_ERRORS.test(type);
  response.writeHead(status, {
    "content-type": "application/json",
    "x-amzn-requestid": crypto.randomUUID(),
    ...(isGateway && { "x-amzn-errortype": type }),
    ...headers,
  });
  const code = OPENAI_CODES[type] ?? type;
  const payload = isGateway
    ? { message, ...fields }
    : { error: { message, type: "invalid_request_error", param: null, code, ...fields } };
  response.end(body ?? JSON.stringify(payload));
}

/** How the API names the failures that scripts name as AWS does. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  ThrottlingException: "rate_limit_exceeded",
  ServiceUnavailableException: "service_unavailable",
  InternalServerException: "server_error",
  ValidationException: "invalid_request_error",
  ResourceNotFoundException: "model_not_found",
};

/** Sends a reply as server-sent events, up to the scripted fault. */
export async function sendResponsesStream(
  response: ServerResponse,
  reply: Reply,
  model: unknown,
  usage: Readonly<Record<string, unknown>>,
  ids: EventIds,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "x-amzn-requestid": crypto.randomUUID(),
  });
  response.flushHeaders();
  const events = buildResponsesEvents(reply, model, usage, ids);
  const { fault } = reply;
  const count = fault === undefined ? events.length : countIntactEvents(fault.after, events);
  for (const [index, event] of events.slice(0, count).entries()) {
    await reply.beforeEvent?.(index);
    await write(response, serializeEvent(event));
  }
  if (fault === undefined) return void response.end();
  await injectFault(response, fault.kind, events[count]);
}

/** A number of events of ConverseStream: its first starts the message, the others are deltas. */
function countIntactEvents(after: number | "deltas", events: readonly ResponsesEvent[]): number {
  if (after === "deltas") return events.length - 1;
  const deltas = events.flatMap(({ type }, index) => (type.endsWith(".delta") ? [index] : []));
  return after <= 1 ? after : (deltas[after - 2] ?? events.length - 2) + 1;
}

async function injectFault(
  response: ServerResponse,
  fault: NonNullable<Reply["fault"]>["kind"],
  next: ResponsesEvent | undefined,
): Promise<void> {
  if (fault === "silence") return;
  if (fault === "reset") return await resetConnection(response);
  if (typeof fault === "object") {
    const code = OPENAI_CODES[fault.exception] ?? fault.exception;
    await write(response, serializeEvent({ type: "error", code, message: fault.message, param: null }));
  } else if (fault !== "clean_end" && next) {
    const text = serializeEvent(next);
    const damaged = fault === "bad_crc" ? text.replace("{", "") : text.slice(0, text.length / 2);
    await write(response, damaged);
  }
  response.end();
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed) return;
  response.write(text);
  await new Promise((resolve) => setImmediate(resolve));
}
