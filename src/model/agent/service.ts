/** Implements AgentService with the AWS SDK; loaded only when agents are used. */
import { isRecord } from "../bedrock/calls.ts";
import { createTransport } from "../bedrock/transport.ts";
import type { AgentJson, AgentOptions, AgentService } from "./types.ts";

export async function connect(options: AgentOptions): Promise<AgentService> {
  const [sdk, requestHandler] = await Promise.all([
    import("@aws-sdk/client-bedrock-agent-runtime"),
    createTransport(options),
  ]);
  const client = new sdk.BedrockAgentRuntimeClient({
    region: options.region,
    ...(options.profile !== undefined && { profile: options.profile }),
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    ...(options.credentials && { credentials: options.credentials }),
    // No retries: the agent may have acted on the request before the connection failed.
    maxAttempts: 1,
    requestHandler,
  });
  return {
    async invoke(input, signal) {
      const command = new sdk.InvokeAgentCommand(toCommandInput(input));
      const { completion } = await client.send(command, { abortSignal: signal });
      return filterRecords(completion ?? []);
    },
    async retrieve(input, signal) {
      const command = new sdk.RetrieveCommand(
        input as unknown as ConstructorParameters<typeof sdk.RetrieveCommand>[0],
      );
      const { retrievalResults = [] } = await client.send(command, { abortSignal: signal });
      return retrievalResults.map((result) => ({ ...result }));
    },
    close: () => client.destroy(),
  };
}

/** Casts to the SDK's input type: its unions have an `$unknown` member, otherwise the shapes are equal. */
function toCommandInput(input: AgentJson) {
  return input as unknown as ConstructorParameters<
    typeof import("@aws-sdk/client-bedrock-agent-runtime").InvokeAgentCommand
  >[0];
}

async function* filterRecords(events: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<AgentJson> {
  for await (const event of events) if (isRecord(event)) yield event;
}
