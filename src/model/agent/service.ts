/** The AWS SDK's client for agents, loaded only where agents are used. */
import { isRecord } from "../bedrock/calls.ts";
import { createTransport } from "../bedrock/transport.ts";
import type { AgentOptions, Json, Service } from "./types.ts";

export async function connect(options: AgentOptions): Promise<Service> {
  const [sdk, requestHandler] = await Promise.all([
    import("@aws-sdk/client-bedrock-agent-runtime"),
    createTransport(options),
  ]);
  const client = new sdk.BedrockAgentRuntimeClient({
    region: options.region,
    ...(options.profile !== undefined && { profile: options.profile }),
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    ...(options.credentials && { credentials: options.credentials }),
    // A question may have been acted on before its connection broke: it is not asked twice.
    maxAttempts: 1,
    requestHandler,
  });
  return {
    async invoke(input, signal) {
      const command = new sdk.InvokeAgentCommand(commandInput(input));
      const { completion } = await client.send(command, { abortSignal: signal });
      return recordsOf(completion ?? []);
    },
    close: () => client.destroy(),
  };
}

/** The SDK's unions carry an unknown member that plain JSON has no use for; the shapes are the same. */
function commandInput(input: Json) {
  return input as unknown as ConstructorParameters<
    typeof import("@aws-sdk/client-bedrock-agent-runtime").InvokeAgentCommand
  >[0];
}

async function* recordsOf(events: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Json> {
  for await (const event of events) if (isRecord(event)) yield event;
}
