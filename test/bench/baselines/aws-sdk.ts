/**
 * Baseline A: a bare Bun server that sends the ConverseStream of the AWS SDK to a WebSocket. Its arguments are the endpoint of
 * Bedrock and the address of the API. The connections are kept alive and not limited, as in specchat.
 */
import { Agent } from "node:http";
import {
  BedrockRuntimeClient,
  type ContentBlock,
  ConverseStreamCommand,
  type Message,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { serveBaseline } from "./serve.ts";
import { THING_TOOL } from "./thing-tool.ts";

const [endpoint = "", api = "", modelId = ""] = process.argv.slice(2);
const client = new BedrockRuntimeClient({
  region: "us-east-1",
  endpoint,
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler({ httpAgent: new Agent({ keepAlive: true, maxSockets: 10_000 }) }),
});

serveBaseline(async (message, send) => {
  const messages: Message[] = [{ role: "user", content: [{ text: message }] }];
  for (;;) {
    const { stream } = await client.send(
      new ConverseStreamCommand({ modelId, messages, toolConfig: { tools: [THING_TOOL] } }),
    );
    const content: ContentBlock[] = [];
    let [name, toolUseId, input] = ["", "", ""];
    for await (const event of stream ?? []) {
      const use = event.contentBlockStart?.start?.toolUse;
      if (use) [name, toolUseId] = [use.name ?? "", use.toolUseId ?? ""];
      const delta = event.contentBlockDelta?.delta;
      if (delta?.text !== undefined) send(delta.text);
      if (delta?.toolUse) input += delta.toolUse.input;
      if (event.contentBlockStop && toolUseId !== "")
        content.push({ toolUse: { name, toolUseId, input: JSON.parse(input) } });
    }
    if (content.length === 0) return;
    const response = await fetch(`${api}/things/${JSON.parse(input).id}`);
    const result = [{ toolResult: { toolUseId, content: [{ text: await response.text() }] } }];
    messages.push({ role: "assistant", content }, { role: "user", content: result });
  }
});
