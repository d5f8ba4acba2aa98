/**
 * Baseline B: the same server over `fetch` and a bare parser of the event stream, without a signature. It is a floor rather
 * than a client: Bedrock would refuse its requests. Its arguments are those of baseline A.
 */
import { BareFrameReader } from "../bare-frames.ts";
import { serveBaseline } from "./serve.ts";
import { THING_TOOL } from "./thing-tool.ts";

const [endpoint = "", api = "", modelId = ""] = process.argv.slice(2);
const url = `${endpoint}/model/${encodeURIComponent(modelId)}/converse-stream`;

serveBaseline(async (message, send) => {
  const messages: object[] = [{ role: "user", content: [{ text: message }] }];
  for (;;) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messages, toolConfig: { tools: [THING_TOOL] } }),
    });
    let [use, input] = [undefined as { name: string; toolUseId: string } | undefined, ""];
    const frames = new BareFrameReader();
    for await (const bytes of response.body ?? [])
      for (const event of frames.read(bytes)) {
        if (event.start?.toolUse) use = event.start.toolUse;
        if (event.delta?.text !== undefined) send(event.delta.text);
        if (event.delta?.toolUse) input += event.delta.toolUse.input;
      }
    if (!use) return;
    const parsed = JSON.parse(input);
    const result = await (await fetch(`${api}/things/${parsed.id}`)).text();
    messages.push(
      { role: "assistant", content: [{ toolUse: { ...use, input: parsed } }] },
      { role: "user", content: [{ toolResult: { toolUseId: use.toolUseId, content: [{ text: result }] } }] },
    );
  }
});
