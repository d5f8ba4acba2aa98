/**
 * The AWS SDK, for what it does best: credentials, endpoint, signing, error shapes. Its HTTP/2 default opens a connection
 * for every request, so it speaks HTTP/1.1 over kept connections; it sends bodies that are written already, because its walk
 * through its schema costs 20 µs for every tool; and it hands the bodies of good answers on unread, because its own
 * event-stream decoder costs ten times what ours does.
 */
import type { IncomingMessage } from "node:http";
import { parseJson } from "../../json.ts";
import { serializeBody } from "./body.ts";
import { isRecord } from "./calls.ts";
import { createTransport } from "./transport.ts";
import type { BedrockOptions, BedrockService, ConverseBody } from "./types.ts";
import { UpstreamError } from "./upstream.ts";

/** Loads the SDK: only a run that talks to AWS does. */
export async function connect(options: BedrockOptions): Promise<BedrockService> {
  const [sdk, requestHandler, { Readable }] = await Promise.all([
    import("@aws-sdk/client-bedrock-runtime"),
    createTransport(options),
    import("node:stream"),
  ]);
  const client = new sdk.BedrockRuntimeClient({
    region: options.region,
    ...(options.profile !== undefined && { profile: options.profile }),
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    ...(options.credentials && {
      credentials: options.credentials,
      authSchemePreference: ["aws.auth#sigv4"],
    }),
    // Retries are ours (retry.ts).
    maxAttempts: 1,
    requestHandler,
  });
  /** Where requests go, once it is known. */
  let host = "";
  const bodies = new WeakMap<object, IncomingMessage>();
  const captureBody: Middleware = (next) => async (args) => {
    const result = await next(args);
    const { response } = result;
    if (isRecord(response) && Number(response.statusCode) < 300 && isIncomingMessage(response.body)) {
      bodies.set(response, response.body);
      Object.assign(response, { body: Readable.from([]) });
    }
    return result;
  };
  const attachBody: Middleware = (next) => async (args) => {
    const result = await next(args);
    const body = isRecord(result.response) ? bodies.get(result.response) : undefined;
    if (body && result.output) Object.assign(result.output, { unread: body });
    return result;
  };
  const serializedBodies = new WeakMap<object, Uint8Array>();
  const sendSerializedBody: Middleware = (next) => async (args) => {
    const { input, request } = args;
    const body = serializedBodies.get(input);
    if (body && isRecord(request)) Object.assign(request, { body });
    return await next(args);
  };
  /** The SDK sees the model's id and nothing else of the request. */
  const createInput = (modelId: string, body: ConverseBody) => {
    const input = { modelId, messages: [] };
    serializedBodies.set(input, serializeBody(body));
    return input;
  };
  client.middlewareStack.addRelativeTo(sendSerializedBody, {
    name: "sendWritten",
    relation: "after",
    toMiddleware: "serializerMiddleware",
  });
  const toMiddleware = "deserializerMiddleware";
  client.middlewareStack.addRelativeTo(captureBody, { name: "keepBody", relation: "after", toMiddleware });
  client.middlewareStack.addRelativeTo(attachBody, {
    name: "handOverBody",
    relation: "before",
    toMiddleware,
  });

  const bodyStreamOf = (output: object): IncomingMessage => {
    if ("unread" in output && isIncomingMessage(output.unread)) return output.unread;
    throw new UpstreamError("StreamDamagedError", "The answer had no body.");
  };
  return {
    async stream(model, body, signal) {
      const command = new sdk.ConverseStreamCommand(createInput(model, body));
      return streamBytes(bodyStreamOf(await client.send(command, { abortSignal: signal })), signal);
    },
    async converse(model, body, signal) {
      const command = new sdk.ConverseCommand(createInput(model, body));
      const chunks: Uint8Array[] = [];
      for await (const chunk of streamBytes(
        bodyStreamOf(await client.send(command, { abortSignal: signal })),
        signal,
      ))
        chunks.push(chunk);
      return parseBody(Buffer.concat(chunks).toString("utf8"));
    },
    async account(signal) {
      if (options.stsEndpoint === undefined && !AWS_HOST.test(host)) return undefined;
      const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
      const sts = new STSClient({
        region: options.region,
        credentials: client.config.credentials,
        ...(options.stsEndpoint !== undefined && { endpoint: options.stsEndpoint }),
        maxAttempts: 1,
        requestHandler,
      });
      return (await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal })).Account;
    },
    async identify() {
      // Signed like any request, with whatever kind of credentials there is, and not sent.
      const command = new sdk.ConverseCommand({ modelId: "none", messages: [] });
      const skipSending: Middleware = () => async (args) => {
        const { request } = args as { request?: { hostname?: string } };
        host = request?.hostname ?? "";
        return { response: { statusCode: 200, headers: {}, body: Readable.from([]) } } as never;
      };
      command.middlewareStack.addRelativeTo(skipSending, {
        name: "dontSend",
        relation: "after",
        toMiddleware,
      });
      await client.send(command);
    },
    close: () => client.destroy(),
  };
}

const AWS_HOST = /\.(amazonaws\.com(\.cn)?|api\.aws)$/;

type Middleware = <
  Args extends { input: object; request?: unknown },
  Result extends { response: unknown; output?: object },
>(
  next: (args: Args) => Promise<Result>,
) => (args: Args) => Promise<Result>;

function parseBody(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new UpstreamError("StreamDamagedError", `The answer is no JSON: ${text.slice(0, 200)}`, { cause });
  }
}

function isIncomingMessage(value: unknown): value is IncomingMessage {
  return typeof value === "object" && value !== null && "on" in value && "destroy" in value;
}

/** Leaving before the end, or the signal, closes the connection: nothing more is generated, or paid for. */
async function* streamBytes(message: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const abort = () => message.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    for await (const chunk of message) yield chunk;
  } finally {
    signal.removeEventListener("abort", abort);
    if (!message.complete) message.destroy();
  }
}
