/** Tests that requests too long for the thread that serves people, in every protocol, have the effect of short ones. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { filterRecords, isRecord } from "../bedrock/refusal.ts";
import { createPdf } from "../files/samples.ts";
import { createBedrockAt, MODEL, NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import { SocketClient } from "../support/socket-client.ts";

const DOCUMENT = createPdf(900_000);
const BASE64 = Buffer.from(DOCUMENT).toString("base64");
/** Not one byte for each letter, and no base64. */
const TEXT = "Grüße, 世界 🌍! ".repeat(3000);

let bedrock: StandIn;
let specchat: Specchat;

beforeAll(async () => {
  bedrock = await startBedrock();
  bedrock.script(() => ({ text: "Seen." }));
  specchat = await startSpecchat({ argv: ["--model", MODEL], model: createBedrockAt(bedrock.url) });
});
afterAll(async () => {
  await specchat.stop();
  await bedrock.stop();
});

async function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(new URL(path, specchat.url), {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

async function sendFrame(frame: object): Promise<string> {
  const client = await NativeClient.connect(specchat.url);
  client.send(frame);
  const end = await client.waitFor("ai_response", "error");
  client.close();
  return `${end.message}`;
}

/** Sends a message with a document, as base64 or as a URL with it. Returns the answer. */
const PROTOCOLS: Readonly<Record<string, (base64: string) => Promise<string>>> = {
  native: async (data) =>
    await sendFrame({
      type: "message",
      message: TEXT,
      attachments: [{ name: "a.pdf", media_type: "application/pdf", data }],
    }),
  "chat completions": async (base64) => {
    const file = { filename: "a.pdf", file_data: `data:application/pdf;base64,${base64}` };
    const content = [
      { type: "text", text: TEXT },
      { type: "file", file },
    ];
    return (await post("/v1/chat/completions", { model: MODEL, messages: [{ role: "user", content }] })).text;
  },
  responses: async (base64) => {
    const file = {
      type: "input_file",
      filename: "a.pdf",
      file_data: `data:application/pdf;base64,${base64}`,
    };
    const content = [{ type: "input_text", text: TEXT }, file];
    return (await post("/v1/responses", { model: MODEL, input: [{ role: "user", content }] })).text;
  },
  anthropic: async (data) => {
    const source = { type: "base64", media_type: "application/pdf", data };
    const content = [
      { type: "text", text: TEXT },
      { type: "document", title: "a.pdf", source },
    ];
    const body = { model: MODEL, max_tokens: 9, messages: [{ role: "user", content }] };
    return (await post("/v1/messages", body)).text;
  },
  "AI SDK": async (base64) => {
    const url = `data:application/pdf;base64,${base64}`;
    const parts = [
      { type: "text", text: TEXT },
      { type: "file", mediaType: "application/pdf", filename: "a.pdf", url },
    ];
    const id = crypto.randomUUID();
    return (await post("/bedrock-chat/ai", { id, messages: [{ id: "1", role: "user", parts }] })).text;
  },
  "AG-UI": async (value) => {
    const source = { type: "data", value, mimeType: "application/pdf" };
    const content = [
      { type: "text", text: TEXT },
      { type: "document", source },
    ];
    const messages = [{ id: "1", role: "user", content }];
    return (await post("/bedrock-chat/ag-ui", { threadId: "t", runId: "r", messages })).text;
  },
  LangChain: async (base64) =>
    (await post("/api/v1/chat", { message: TEXT, images: [`data:application/pdf;base64,${base64}`] })).text,
};

describe.each(Object.entries(PROTOCOLS))("%s:", (_name, send) => {
  test("the model gets a long text and a document of a megabyte byte for byte.", async () => {
    const from = bedrock.requests.length;
    expect(await send(BASE64)).toContain("Seen.");
    const request = bedrock.requests[from];
    expect(request?.refusal).toBeUndefined();
    const blocks = filterRecords(request?.body.messages).flatMap(({ content }) => filterRecords(content));
    const documents = blocks.flatMap(({ document }) => (isRecord(document) ? [document.source] : []));
    expect(documents).toEqual([{ bytes: BASE64 }]);
    expect(blocks.map(({ text }) => text).join()).toContain(TEXT);
  });

  test("a document of damaged base64 is refused, and the model is not called.", async () => {
    const from = bedrock.requests.length;
    expect(await send(`${BASE64.slice(0, -20)}???=`)).toContain("the file is not valid base64.");
    expect(bedrock.requests).toHaveLength(from);
  });
});

test("Frames behind a long one wait for it.", async () => {
  const client = await NativeClient.connect(specchat.url);
  const attachments = [{ name: "a.pdf", media_type: "application/pdf", data: BASE64 }];
  client.send({ type: "message", message: "hi", attachments });
  client.send({ type: "message", message: "and then" });
  client.send({ type: "ping" });
  await client.waitFor("ai_response");
  await client.waitFor("ai_response");
  client.send({ type: "history" });
  const { messages } = await client.waitFor("history");
  client.close();
  const questions = messages.flatMap(({ role, content }) => (role === "user" ? [content] : []));
  expect(questions).toEqual(["hi", "and then"]);
});

test("A long request with the `Idempotency-Key` of another is answered once, and refused with another body.", async () => {
  const from = bedrock.requests.length;
  const text = TEXT.repeat(4);
  const body = { model: MODEL, messages: [{ role: "user", content: text }] };
  const headers = { "Idempotency-Key": "long" };
  const [first, second] = [
    await post("/v1/chat/completions", body, headers),
    await post("/v1/chat/completions", body, headers),
  ];
  expect(second).toEqual(first);
  expect(bedrock.requests).toHaveLength(from + 1);
  const other = { ...body, messages: [{ role: "user", content: `${text}!` }] };
  expect((await post("/v1/chat/completions", other, headers)).status).toBe(422);
});

test("Integers beyond 2^53 in the arguments of a long history reach the model.", async () => {
  const from = bedrock.requests.length;
  const call = `{"type":"tool_use","id":"t","name":"any","input":{"id":9007199254740993}}`;
  const result = `{"type":"tool_result","tool_use_id":"t","content":${JSON.stringify(TEXT.repeat(4))}}`;
  const messages = `[{"role":"user","content":"hi"},{"role":"assistant","content":[${call}]},{"role":"user","content":[${result}]}]`;
  await post("/v1/messages", `{"model":"${MODEL}","max_tokens":9,"messages":${messages}}`);
  expect(
    JSON.stringify(bedrock.requests[from]?.body, (_key, value) =>
      typeof value === "bigint" ? `${value}` : value,
    ),
  ).toContain("9007199254740993");
});

test("A long frame that is no JSON, or no request, is answered with an error.", async () => {
  const text = "a".repeat(200_000);
  const frames = [
    ["/bedrock-chat/ws", `{"message":"${text}"`, "The frame is not valid JSON."],
    ["/bedrock-chat/ws", `["${text}"]`, "A frame is a JSON object."],
    ["/ws/chat/completions", `{"question":"${text}"`, "The frame is not valid JSON."],
    ["/ws", `{"id":"${text}"}`, "id: a string or a number of at most 1000 characters."],
    ["/ws", `{"id":"${text}"`, "Invalid message format"],
  ] as const;
  for (const [path, frame, problem] of frames) {
    const client = await SocketClient.connect(specchat.url, path, {});
    client.send(frame);
    const answer = JSON.stringify(await client.readUntil("error"));
    expect(answer).toContain(problem);
    client.close();
  }
});
