/** Finds out where requests are sent and which account the credentials belong to, without a billed call. */
import type { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { BedrockOptions } from "./types.ts";

const AWS_HOST = /\.(amazonaws\.com(\.cn)?|api\.aws)$/;

export function isAwsHost(host: string): boolean {
  return AWS_HOST.test(host);
}

/** Where the SDK sends its requests, and the bearer key that it sends instead of a signature, if any. */
export interface Endpoint {
  /** With a colon. */
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number | undefined;
  /** The path before that of the operation. */
  readonly basePath: string;
  /** The Authorization header. */
  readonly bearer: string | undefined;
  /** How the SDK names itself. */
  readonly userAgent: string;
}

/**
 * Signs a command like any request, with whatever credentials are configured, but does not send it.
 * @throws the SDK's error when there are no credentials.
 */
export async function resolveEndpoint(
  client: BedrockRuntimeClient,
  command: ConverseCommand,
  emptyBody: () => unknown,
): Promise<Endpoint> {
  let signed: SignedRequest | undefined;
  const skipSending = () => async (args: object) => {
    signed = (args as { request?: SignedRequest }).request;
    return { response: { statusCode: 200, headers: {}, body: emptyBody() } } as never;
  };
  command.middlewareStack.addRelativeTo(skipSending, {
    name: "skipSending",
    relation: "after",
    toMiddleware: "deserializerMiddleware",
  });
  await client.send(command);
  const { protocol = "https:", hostname = "", port, path = "", headers = {} } = signed ?? {};
  const authorization = headers.authorization ?? headers.Authorization;
  return {
    protocol,
    hostname,
    port,
    basePath: path.replace(/\/model\/.*$/, ""),
    bearer: authorization?.startsWith("Bearer ") ? authorization : undefined,
    userAgent: headers["user-agent"] ?? "",
  };
}

interface SignedRequest {
  readonly protocol?: string;
  readonly hostname?: string;
  readonly port?: number;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks STS for the account of the credentials. */
export async function fetchAccount(
  { credentials, systemClockOffset }: BedrockRuntimeClient["config"],
  { region, stsEndpoint }: Pick<BedrockOptions, "region" | "stsEndpoint">,
  requestHandler: NodeHttpHandler,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const sts = new STSClient({
    region,
    credentials,
    systemClockOffset,
    ...(stsEndpoint !== undefined && { endpoint: stsEndpoint }),
    maxAttempts: 1,
    requestHandler,
  });
  return (await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal })).Account;
}
