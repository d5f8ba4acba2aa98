/**
 * Signs requests and sends them. Credentials, bearer key, endpoint and clock are those of the SDK's client. Its own
 * requests pass through thirty middlewares, which take longer than the rest of a turn.
 */
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { Endpoint } from "./credentials.ts";
import type { HttpRequest, HttpResponse, SendHttp } from "./http-types.ts";
import { hashPayload } from "./payload-hash.ts";
import type { BedrockOptions } from "./types.ts";

export interface AwsRequest {
  readonly endpoint: "runtime" | "mantle";
  /** Below the path of the endpoint. */
  readonly path: string;
  /** The expected media type. */
  readonly accept: string;
  /** JSON in UTF-8. */
  readonly body: Uint8Array;
}

export interface SigningOptions extends Pick<BedrockOptions, "region" | "mantleEndpoint"> {
  readonly client: Pick<BedrockRuntimeClient, "config">;
  /** Resolves the endpoint of bedrock-runtime, and how the SDK authorizes its requests. */
  readonly resolveEndpoint: () => Promise<Endpoint>;
  readonly send: SendHttp;
}

/** Creates a function that returns the response to a request, whatever its status. */
export async function createSignedRequests({
  region,
  mantleEndpoint = `https://bedrock-mantle.${region}.api.aws`,
  client,
  resolveEndpoint,
  send,
}: SigningOptions): Promise<(request: AwsRequest, signal: AbortSignal) => Promise<HttpResponse>> {
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const { credentials, sha256 } = client.config;
  const createSigner = (service: string) => new SignatureV4({ service, region, credentials, sha256 });
  const signers = { runtime: createSigner("bedrock"), mantle: createSigner("bedrock-mantle") };
  const mantle = parseUrl(mantleEndpoint);
  /** A wrong clock of this machine is corrected by that of the service (clock.ts). */
  const signingOptions = () => ({ signingDate: new Date(Date.now() + client.config.systemClockOffset) });
  /** Resolved once: a bearer key is constant, and signing does not depend on it. */
  let resolving: Promise<Endpoint> | undefined;
  const resolve = () => {
    resolving ??= resolveEndpoint().catch((error: unknown) => {
      resolving = undefined;
      throw error;
    });
    return resolving;
  };

  async function authorize({ endpoint, path, accept, body }: AwsRequest): Promise<HttpRequest> {
    const { bearer, userAgent, ...runtime } = await resolve();
    const { protocol, hostname, port, basePath } = endpoint === "mantle" ? mantle : runtime;
    const request: HttpRequest = {
      method: "POST",
      protocol,
      hostname,
      ...(port !== undefined && { port }),
      path: `${basePath}${path}`,
      query: {},
      headers: {
        host: port === undefined ? hostname : `${hostname}:${port}`,
        "content-type": "application/json",
        "content-length": String(body.length),
        accept,
        "user-agent": userAgent,
        ...(bearer === undefined
          ? { "x-amz-content-sha256": await hashPayload(body) }
          : { authorization: bearer }),
      },
      body,
    };
    if (bearer !== undefined) return request;
    return (await signers[endpoint].sign(request, signingOptions())) as HttpRequest;
  }

  return async (request, signal) => await send(await authorize(request), signal);
}

function parseUrl(url: string): Omit<Endpoint, "bearer" | "userAgent"> {
  const { protocol, hostname, port, pathname } = new URL(url);
  return {
    protocol,
    hostname,
    port: port === "" ? undefined : Number(port),
    basePath: pathname.replace(/\/$/, ""),
  };
}
