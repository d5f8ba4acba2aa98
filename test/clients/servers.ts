/** The servers of a client's test: a stand-in of Bedrock, an API that records its requests, and specchat. */
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

export interface Servers {
  readonly bedrock: StandIn;
  readonly api: RecordingApi;
  readonly specchat: Specchat;
  stop(): Promise<void>;
}

export async function startServers(...argv: string[]): Promise<Servers> {
  const [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  const specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model: createBedrockAt(bedrock.url),
  });
  return {
    bedrock,
    api,
    specchat,
    async stop() {
      await specchat.stop();
      await Promise.all([bedrock.stop(), api.stop()]);
    },
  };
}

/** The parts of a model request that tests compare, without cache points. */
export function readModelRequest({ bedrock }: Pick<Servers, "bedrock">, index: number) {
  const body = (bedrock.requests[index]?.body ?? {}) as {
    system?: { text?: string }[];
    messages?: { role: string; content: Record<string, unknown>[] }[];
    toolConfig?: {
      tools: { toolSpec?: { name: string; inputSchema: { json: Record<string, unknown> } } }[];
      toolChoice?: object;
    };
  };
  const specs = body.toolConfig?.tools.flatMap(({ toolSpec }) => toolSpec ?? []) ?? [];
  return {
    system: (body.system ?? []).flatMap(({ text }) => text ?? []).join("\n"),
    messages: (body.messages ?? []).map(({ role, content }) => ({
      role,
      content: content.filter((block) => !("cachePoint" in block)),
    })),
    tools: specs.map(({ name }) => name),
    schemas: Object.fromEntries(specs.map(({ name, inputSchema }) => [name, inputSchema.json])),
    toolChoice: body.toolConfig?.toolChoice,
  };
}
