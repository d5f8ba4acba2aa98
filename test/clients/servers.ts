/** The servers of a client's test: a stand-in of Bedrock, an API that records its requests, and specchat. */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
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
  /** Rewrites the document and reads it again. */
  editDocument(edit: (text: string) => string): Promise<void>;
  readonly bedrock: StandIn;
  readonly api: RecordingApi;
  readonly specchat: Specchat;
  stop(): Promise<void>;
}

export async function startServers(...argv: string[]): Promise<Servers> {
  const [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  const folder = await mkdtemp(`${tmpdir()}/specchat-client-`);
  const spec = `${folder}/things.yaml`;
  await copyFile(api.spec, spec);
  const specchat = await startSpecchat({
    argv: ["--spec", spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model: createBedrockAt(bedrock.url),
  });
  return {
    bedrock,
    api,
    specchat,
    async editDocument(edit) {
      await Bun.write(spec, edit(await Bun.file(spec).text()));
      await specchat.app.apis.reload();
    },
    async stop() {
      await specchat.stop();
      await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
    },
  };
}

/** Returns the texts of the results that the model read last. */
export function readLastResults(servers: Pick<Servers, "bedrock">): readonly unknown[] {
  const { messages } = readModelRequest(servers, servers.bedrock.requests.length - 1);
  return (messages.at(-1)?.content ?? []).map(({ toolResult }) => Object(toolResult).content?.[0]?.text);
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
