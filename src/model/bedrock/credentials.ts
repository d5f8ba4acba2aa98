/** Finds out where requests are sent and which account the credentials belong to, without a billed call. */
import type { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Middleware } from "./raw-bodies.ts";
import type { BedrockOptions } from "./types.ts";

const AWS_HOST = /\.(amazonaws\.com(\.cn)?|api\.aws)$/;

export function isAwsHost(host: string): boolean {
  return AWS_HOST.test(host);
}

/**
 * Signs the command like any request, with whatever credentials are configured, but does not send it.
 * @returns the host it would have been sent to. @throws the SDK's error when there are no credentials.
 */
export async function resolveHost(
  client: BedrockRuntimeClient,
  command: ConverseCommand,
  emptyBody: () => unknown,
): Promise<string> {
  let host = "";
  const skipSending: Middleware = () => async (args) => {
    const { request } = args as { request?: { hostname?: string } };
    host = request?.hostname ?? "";
    return { response: { statusCode: 200, headers: {}, body: emptyBody() } } as never;
  };
  command.middlewareStack.addRelativeTo(skipSending, {
    name: "skipSending",
    relation: "after",
    toMiddleware: "deserializerMiddleware",
  });
  await client.send(command);
  return host;
}

/** Asks STS for the account of the credentials. */
export async function fetchAccount(
  credentials: BedrockRuntimeClient["config"]["credentials"],
  { region, stsEndpoint }: Pick<BedrockOptions, "region" | "stsEndpoint">,
  requestHandler: NodeHttpHandler,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const sts = new STSClient({
    region,
    credentials,
    ...(stsEndpoint !== undefined && { endpoint: stsEndpoint }),
    maxAttempts: 1,
    requestHandler,
  });
  return (await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal })).Account;
}
