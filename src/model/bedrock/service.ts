/**
 * Implements BedrockService. The AWS SDK finds credentials and endpoints, and asks STS; requests of models are signed and sent
 * without it (signed-requests.ts).
 */
import { serializeBody } from "./body.ts";
import { correctClock } from "./clock.ts";
import { fetchAccount, isAwsHost, resolveEndpoint } from "./credentials.ts";
import type { HttpResponse } from "./http-types.ts";
import { parseBody, readBytes, readText, refusePage } from "./response-body.ts";
import { serializeResponsesBody } from "./responses/body.ts";
import { toHttpError } from "./responses/errors.ts";
import { createSendRequest } from "./send-request.ts";
import { toServiceError } from "./service-error.ts";
import { type AwsRequest, createSignedRequests } from "./signed-requests.ts";
import { createTransport } from "./transport.ts";
import type { BedrockOptions, BedrockService } from "./types.ts";
import { toUpstreamError } from "./upstream.ts";

type SendChecked = (
  request: AwsRequest,
  toError: (response: HttpResponse, body: string) => Error,
  signal: AbortSignal,
) => Promise<HttpResponse>;

/** Connects to one region. Loads the SDK. */
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
    // The retry loop is in retry.ts.
    maxAttempts: 1,
    requestHandler,
  });
  const resolve = () =>
    resolveEndpoint(client, new sdk.ConverseCommand({ modelId: "none", messages: [] }), () =>
      Readable.from([]),
    );
  const request = await createSignedRequests({
    region: options.region,
    mantleEndpoint: options.mantleEndpoint,
    client,
    resolveEndpoint: resolve,
    send: createSendRequest(options, requestHandler),
  });
  /** The host that requests are sent to; empty until `identify()` has resolved it. */
  let host = "";
  /** Runs a request. When its date is refused, the next one is signed with the clock of the service. */
  const withClock = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      correctClock(client.config, toUpstreamError(error));
      throw error;
    }
  };
  /** Returns a successful response. @throws UpstreamError for another one. */
  const send: SendChecked = (sent, toError, signal) =>
    withClock(async () => {
      const response = await request(sent, signal);
      if (response.status < 300) return refusePage(response);
      throw toError(response, await readText(response));
    });

  return {
    async stream(model, body, signal) {
      const accept = "application/vnd.amazon.eventstream";
      const sent = converseRequest(model, "converse-stream", accept, await serializeBody(body));
      return readBytes(await send(sent, toServiceError, signal));
    },
    async converse(model, body, signal) {
      const sent = converseRequest(model, "converse", "application/json", await serializeBody(body));
      return await parseBody(await send(sent, toServiceError, signal));
    },
    async respond({ endpoint, path }, body, signal) {
      const accept = "text/event-stream";
      const sent = { endpoint, path: `${path}/responses`, accept, body: serializeResponsesBody(body) };
      return readBytes(await send(sent, toHttpError, signal));
    },
    async identify() {
      host = (await resolve()).hostname;
    },
    async account(signal) {
      if (options.stsEndpoint === undefined && !isAwsHost(host)) return undefined;
      return await withClock(() => fetchAccount(client.config, options, requestHandler, signal));
    },
    close: () => client.destroy(),
  };
}

function converseRequest(model: string, operation: string, accept: string, body: Uint8Array): AwsRequest {
  return { endpoint: "runtime", path: `/model/${encodeSegment(model)}/${operation}`, accept, body };
}

/** Encodes a segment of a path, also the characters that encodeURIComponent leaves. RFC 3986, section 2.3. */
function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
