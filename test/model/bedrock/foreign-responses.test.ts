/** Responses that are none of the protocol: pages of proxies, damaged and empty bodies, other protocols. */
import { describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import type { ErrorCode } from "../../../src/errors.ts";
import { eventFrame } from "../../bedrock/frames.ts";
import { collectOutcome, createTestBed } from "./setup.ts";

const MODELS = {
  ConverseStream: "global.anthropic.claude-haiku-4-5-20251001-v1:0",
  Converse: "mistral.mistral-large-2407-v1:0",
  Responses: "us.openai.gpt-5.6-terra",
  "bedrock-mantle": "openai.gpt-5.5",
};
const EVERY_API = Object.keys(MODELS) as (keyof typeof MODELS)[];
const PAGE = "<html><body>Sign in to the network</body></html>";
const JSON_TYPE = "application/json";
const EVENT_STREAM = "application/vnd.amazon.eventstream";

function respond(status: string, type: string, body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(body as string);
  const head = `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** What the server sends, the expected code, and the APIs on which it is no response. */
const RESPONSES: readonly (readonly [string, Buffer, ErrorCode, (keyof typeof MODELS)[]?])[] = [
  ["a page with 200", respond("200 OK", "text/html; charset=utf-8", PAGE), "model_unavailable"],
  ["a page with 302", respond("302 Found", "text/html", PAGE), "model_unavailable"],
  ["a page with 400", respond("400 Bad Request", "text/html", PAGE), "model_unavailable"],
  ["a page with 404", respond("404 Not Found", "text/html", PAGE), "model_unavailable"],
  ["a page with 407", respond("407 Proxy", "text/html", PAGE), "model_unavailable"],
  ["a page with 503", respond("503 Unavailable", "text/html", PAGE), "model_unavailable"],
  ["half an error", respond("400 Bad Request", JSON_TYPE, '{"message":"ab'), "model_unavailable"],
  ["a list as error", respond("500 Error", JSON_TYPE, "[1]"), "model_unavailable"],
  ["a page with the type of the API", respond("200 OK", JSON_TYPE, PAGE), "stream_interrupted"],
  ["an empty body", respond("200 OK", JSON_TYPE, ""), "stream_interrupted"],
  ["204", Buffer.from("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"), "stream_interrupted"],
  ["half a JSON text", respond("200 OK", JSON_TYPE, '{"output":{"message":{"con'), "stream_interrupted"],
  ["JSON null", respond("200 OK", JSON_TYPE, "null"), "stream_interrupted"],
  ["other JSON", respond("200 OK", JSON_TYPE, '{"ok":true}'), "stream_interrupted"],
  [
    "a message without blocks",
    respond("200 OK", JSON_TYPE, '{"output":{"message":{"content":"hi"}},"stopReason":"end_turn"}'),
    "stream_interrupted",
  ],
  ["an unknown event", respond("200 OK", EVENT_STREAM, eventFrame("other", {})), "stream_interrupted"],
  ["zeros", respond("200 OK", EVENT_STREAM, new Uint8Array(400)), "stream_interrupted"],
  ["an event that is not JSON", respond("200 OK", "text/event-stream", "data: {\n\n"), "stream_interrupted"],
  ["an event of null", respond("200 OK", "text/event-stream", "data: null\n\n"), "stream_interrupted"],
  [
    "an end without a response",
    respond("200 OK", "text/event-stream", 'data: {"type":"response.completed"}\n\n'),
    "stream_interrupted",
  ],
  [
    "fewer bytes than announced",
    Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 500\r\nconnection: close\r\n\r\nabc"),
    "stream_interrupted",
    ["ConverseStream", "Responses", "bedrock-mantle"],
  ],
  ["another protocol", Buffer.from("SSH-2.0-Example\r\n"), "model_unavailable"],
  ["nothing", Buffer.alloc(0), "model_unavailable"],
];

describe("is tried again, then an error with a code:", () => {
  test.each(RESPONSES)("%s", async (_, bytes, code, apis = EVERY_API) => {
    let connections = 0;
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        connections += 1;
        socket.end(bytes);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    const { bedrock, model } = await createTestBed({ endpoint, mantleEndpoint: endpoint, maxRetries: 1 });
    for (const api of apis) {
      connections = 0;
      const { error, events } = await collectOutcome(model, { model: MODELS[api] });
      expect({ api, code: error?.code, events: events.map(({ type }) => type), connections }).toEqual({
        api,
        code,
        events: ["notice"],
        connections: 2,
      });
    }
    model.close();
    server.close();
    await bedrock.stop();
  });
});
