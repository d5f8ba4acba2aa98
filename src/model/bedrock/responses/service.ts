/**
 * Sends requests of the Responses API. Credentials, bearer key and transport are those of the SDK's client; it has no
 * command for this API, so the request is signed here.
 */
import type { IncomingMessage } from "node:http";
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Endpoint } from "../credentials.ts";
import { readBytes, readText, refusePage } from "../response-body.ts";
import type { BedrockOptions, BedrockService } from "../types.ts";
import { serializeResponsesBody } from "./body.ts";
import { toHttpError } from "./errors.ts";
import type { ResponsesSurface } from "./types.ts";

export interface ResponsesServiceOptions extends Pick<BedrockOptions, "region" | "mantleEndpoint"> {
  readonly client: Pick<BedrockRuntimeClient, "config">;
  readonly requestHandler: NodeHttpHandler;
  /** Resolves the endpoint of bedrock-runtime, and how the SDK authorizes its requests. */
  readonly resolveEndpoint: () => Promise<Endpoint>;
}

/** A request of the transport. Its class adds `clone`, which is not used. */
type HttpRequest = Omit<Parameters<NodeHttpHandler["handle"]>[0], "clone">;

/** Creates `BedrockService.respond`. */
export async function createResponsesService({
  region,
  mantleEndpoint = `https://bedrock-mantle.${region}.api.aws`,
  client,
  requestHandler,
  resolveEndpoint,
}: ResponsesServiceOptions): Promise<BedrockService["respond"]> {
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const { credentials, sha256 } = client.config;
  const createSigner = (service: string) => new SignatureV4({ service, region, credentials, sha256 });
  const signers = { runtime: createSigner("bedrock"), mantle: createSigner("bedrock-mantle") };
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

  async function authorize({ endpoint, path }: ResponsesSurface, body: Uint8Array): Promise<HttpRequest> {
    const { bearer, ...runtime } = await resolve();
    const { protocol, hostname, port, basePath } = endpoint === "mantle" ? parseUrl(mantleEndpoint) : runtime;
    const request: HttpRequest = {
      method: "POST",
      protocol,
      hostname,
      ...(port !== undefined && { port }),
      path: `${basePath}${path}/responses`,
      query: {},
      headers: {
        host: port === undefined ? hostname : `${hostname}:${port}`,
        "content-type": "application/json",
        "content-length": String(body.length),
        accept: "text/event-stream",
        ...(bearer !== undefined && { authorization: bearer }),
      },
      body,
    };
    return bearer === undefined
      ? ((await signers[endpoint].sign(request, signingOptions())) as HttpRequest)
      : request;
  }

  return async (surface, body, signal) => {
    const request = await authorize(surface, serializeResponsesBody(body));
    const { response } = await requestHandler.handle(request as Parameters<NodeHttpHandler["handle"]>[0], {
      abortSignal: signal,
    });
    const message: IncomingMessage = response.body;
    if (response.statusCode < 300) return readBytes(refusePage(message), signal);
    throw toHttpError(response, await readText(message, signal));
  };
}

function parseUrl(url: string): Omit<Endpoint, "bearer"> {
  const { protocol, hostname, port, pathname } = new URL(url);
  return {
    protocol,
    hostname,
    port: port === "" ? undefined : Number(port),
    basePath: pathname.replace(/\/$/, ""),
  };
}
