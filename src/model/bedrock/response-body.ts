/** Reads the body of an HTTP response. */
import { parseJson } from "../../json.ts";
import { FOREIGN_RESPONSE, isPage } from "./foreign-response.ts";
import type { HttpResponse } from "./http-types.ts";
import { UpstreamError } from "./upstream.ts";

/** Returns a successful response. @throws UpstreamError when it is a page, which Bedrock does not send. */
export function refusePage(response: HttpResponse): HttpResponse {
  const type = response.headers["content-type"];
  if (!isPage(type)) return response;
  response.close();
  throw new UpstreamError(FOREIGN_RESPONSE, `A page (${type}) instead of a response of the model.`, {
    status: response.status,
  });
}

/** Yields the bytes as they arrive. Closes the connection on an early return, so that generation stops. */
export async function* readBytes({ body, close }: HttpResponse): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk;
  } finally {
    close();
  }
}

/** Reads the whole body as UTF-8. */
export async function readText(response: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBytes(response)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads the whole body and parses it as JSON. @throws UpstreamError when it is not JSON. */
export async function parseBody(response: HttpResponse): Promise<unknown> {
  const text = await readText(response);
  try {
    return parseJson(text);
  } catch (cause) {
    throw new UpstreamError("StreamDamagedError", `The response is not JSON: ${text.slice(0, 200)}`, {
      cause,
    });
  }
}
