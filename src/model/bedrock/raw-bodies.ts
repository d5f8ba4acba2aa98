/**
 * Bypasses the SDK's serializer and deserializer. Its serializer walks the schema of the request, at 20 µs per tool;
 * its event-stream decoder costs ten times what frames.ts and decode.ts cost.
 */
import type { IncomingMessage } from "node:http";
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { serializeBody } from "./body.ts";
import { isRecord } from "./calls.ts";
import type { ConverseBody } from "./types.ts";
import { UpstreamError } from "./upstream.ts";

export interface RawBodies {
  /** Creates the input of a command: the SDK sees the model id alone, and the body is sent as serialized here. */
  createInput(modelId: string, body: ConverseBody): Promise<{ modelId: string; messages: [] }>;
  /** Returns the body of a successful response, before it is read. @throws UpstreamError when it has none. */
  bodyOf(output: object): IncomingMessage;
}

/** Installs the middleware that sends and receives raw bodies. */
export function useRawBodies(
  stack: BedrockRuntimeClient["middlewareStack"],
  emptyBody: () => unknown,
): RawBodies {
  const requestBodies = new WeakMap<object, Uint8Array>();
  const responseBodies = new WeakMap<object, IncomingMessage>();
  const replaceRequestBody: Middleware = (next) => async (args) => {
    const { input, request } = args;
    const body = requestBodies.get(input);
    if (body && isRecord(request)) Object.assign(request, { body });
    return await next(args);
  };
  const detachResponseBody: Middleware = (next) => async (args) => {
    const result = await next(args);
    const { response } = result;
    if (isRecord(response) && Number(response.statusCode) < 300 && isIncomingMessage(response.body)) {
      responseBodies.set(response, response.body);
      Object.assign(response, { body: emptyBody() });
    }
    return result;
  };
  const attachResponseBody: Middleware = (next) => async (args) => {
    const result = await next(args);
    const rawBody = isRecord(result.response) ? responseBodies.get(result.response) : undefined;
    if (rawBody && result.output) Object.assign(result.output, { rawBody });
    return result;
  };
  stack.addRelativeTo(replaceRequestBody, {
    name: "replaceRequestBody",
    relation: "after",
    toMiddleware: "serializerMiddleware",
  });
  const toMiddleware = "deserializerMiddleware";
  stack.addRelativeTo(detachResponseBody, { name: "detachResponseBody", relation: "after", toMiddleware });
  stack.addRelativeTo(attachResponseBody, { name: "attachResponseBody", relation: "before", toMiddleware });
  return {
    async createInput(modelId, body) {
      const input = { modelId, messages: [] as [] };
      requestBodies.set(input, await serializeBody(body));
      return input;
    },
    bodyOf(output) {
      if ("rawBody" in output && isIncomingMessage(output.rawBody)) return output.rawBody;
      throw new UpstreamError("StreamDamagedError", "The response has no body.");
    },
  };
}

/** A middleware of any step of the SDK's stack. */
export type Middleware = <
  Args extends { input: object; request?: unknown },
  Result extends { response: unknown; output?: object },
>(
  next: (args: Args) => Promise<Result>,
) => (args: Args) => Promise<Result>;

function isIncomingMessage(value: unknown): value is IncomingMessage {
  return typeof value === "object" && value !== null && "on" in value && "destroy" in value;
}
