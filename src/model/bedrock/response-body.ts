/** Reads the body of an HTTP response. */
import type { IncomingMessage } from "node:http";
import { parseJson } from "../../json.ts";
import { FOREIGN_RESPONSE, isPage } from "./foreign-response.ts";
import { UpstreamError } from "./upstream.ts";

/** Returns a successful response. @throws UpstreamError when it is a page, which Bedrock does not send. */
export function refusePage(message: IncomingMessage): IncomingMessage {
  const type = message.headers["content-type"];
  if (!isPage(type)) return message;
  message.destroy();
  throw new UpstreamError(FOREIGN_RESPONSE, `A page (${type}) instead of a response of the model.`, {
    status: message.statusCode,
  });
}

/** Yields the bytes as they arrive. Closes the connection on abort and on an early return, so that generation stops. */
export async function* readBytes(message: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const abort = () => message.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    for await (const chunk of message) yield chunk;
  } finally {
    signal.removeEventListener("abort", abort);
    if (!message.complete) message.destroy();
  }
}

/** Reads the whole body as UTF-8. */
export async function readText(message: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBytes(message, signal)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads the whole body and parses it as JSON. @throws UpstreamError when it is not JSON. */
export async function parseBody(message: IncomingMessage, signal: AbortSignal): Promise<unknown> {
  const text = await readText(message, signal);
  try {
    return parseJson(text);
  } catch (cause) {
    throw new UpstreamError("StreamDamagedError", `The response is not JSON: ${text.slice(0, 200)}`, {
      cause,
    });
  }
}
