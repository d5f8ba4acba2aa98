/** Runs one turn over each client protocol. */
import { SocketClient } from "./socket-client.ts";

export interface TurnClient {
  readonly url: string;
  readonly model: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The message of each turn. */
const TEXT = "Go on";

/** Sends the message and resolves to everything that the client receives, as text. */
export const PROTOCOL_TURNS: Readonly<Record<string, (client: TurnClient) => Promise<string>>> = {
  native: (client) => exchange(client, "/bedrock-chat/ws", { message: TEXT }, "ai_response"),
  agent: (client) =>
    post(client, "/api/agent/stream", { input_text: TEXT, session_id: "a", agent_id: "specchat" }),
  langchain: (client) => post(client, "/api/v1/chat", { message: TEXT }),
  dashboard: (client) => post(client, "/api/chat/message", { message: TEXT }),
  completions: (client) =>
    exchange(client, "/ws/chat/completions", { question: TEXT, session_id: "a" }, "end"),
  openai: (client) => post(client, "/v1/chat/completions", { model: client.model, messages: [MESSAGE] }),
  responses: (client) => post(client, "/v1/responses", { model: client.model, input: TEXT }),
  anthropic: (client) =>
    post(client, "/v1/messages", { model: client.model, max_tokens: 100, messages: [MESSAGE] }),
  "ai-sdk": (client) =>
    post(client, "/bedrock-chat/ai", {
      id: "a",
      messages: [{ id: "1", role: "user", parts: [{ type: "text", text: TEXT }] }],
    }),
  "ag-ui": (client) =>
    post(client, "/bedrock-chat/ag-ui", { threadId: "t", runId: "r", messages: [{ id: "1", ...MESSAGE }] }),
};

const MESSAGE = { role: "user", content: TEXT };

async function post({ url, headers }: TurnClient, path: string, body: object): Promise<string> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return await response.text();
}

/** Sends a frame, and takes all up to the one of the type `end`, or an error. */
async function exchange(
  { url, headers }: TurnClient,
  path: string,
  frame: object,
  end: string,
): Promise<string> {
  const client = await SocketClient.connect(url, path, { ...headers });
  client.send(frame);
  await client.waitUntil(() => client.frames.some(({ type }) => type === end || type === "error"));
  client.terminate();
  return JSON.stringify(client.frames);
}
