/**
 * Implements BedrockService with the AWS SDK, for its credentials, endpoints, signing and error shapes. The transport
 * is HTTP/1.1 with keep-alive, because the SDK's HTTP/2 default opens a connection per request. Request and response
 * bodies bypass the SDK (raw-bodies.ts).
 */
import { correctClock } from "./clock.ts";
import { fetchAccount, isAwsHost, resolveEndpoint } from "./credentials.ts";
import { PayloadHash } from "./payload-hash.ts";
import { useRawBodies } from "./raw-bodies.ts";
import { parseBody, readBytes, refusePage } from "./response-body.ts";
import { createResponsesService } from "./responses/service.ts";
import { createTransport } from "./transport.ts";
import type { BedrockOptions, BedrockService } from "./types.ts";
import { toUpstreamError } from "./upstream.ts";

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
    sha256: PayloadHash,
    requestHandler,
  });
  const emptyBody = () => Readable.from([]);
  const { createInput, bodyOf } = useRawBodies(client.middlewareStack, emptyBody);
  const resolve = () =>
    resolveEndpoint(client, new sdk.ConverseCommand({ modelId: "none", messages: [] }), emptyBody);
  const respond = await createResponsesService({
    region: options.region,
    mantleEndpoint: options.mantleEndpoint,
    client,
    requestHandler,
    resolveEndpoint: resolve,
  });
  /** The host that requests are sent to; empty until `identify()` has resolved it. */
  let host = "";
  /** Runs one request. When its date is refused, the next one is signed with the clock of the service. */
  const send = async <T>(request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      correctClock(client.config, toUpstreamError(error));
      throw error;
    }
  };

  return {
    async stream(model, body, signal) {
      const command = new sdk.ConverseStreamCommand(await createInput(model, body));
      const output = await send(() => client.send(command, { abortSignal: signal }));
      return readBytes(refusePage(bodyOf(output)), signal);
    },
    async converse(model, body, signal) {
      const command = new sdk.ConverseCommand(await createInput(model, body));
      const output = await send(() => client.send(command, { abortSignal: signal }));
      return await parseBody(refusePage(bodyOf(output)), signal);
    },
    respond: (surface, body, signal) => send(() => respond(surface, body, signal)),
    async identify() {
      host = (await resolve()).hostname;
    },
    async account(signal) {
      if (options.stsEndpoint === undefined && !isAwsHost(host)) return undefined;
      return await send(() => fetchAccount(client.config, options, requestHandler, signal));
    },
    close: () => client.destroy(),
  };
}
