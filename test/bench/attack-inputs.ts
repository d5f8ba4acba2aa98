/** Requests of one client that would take the memory or the time of all others without limits. */
import { MODEL } from "../support/harness.ts";

export interface Attack {
  readonly name: string;
  readonly path: string;
  /** Sent as the body, or as a frame when the path is that of a WebSocket. */
  readonly body: () => string;
  readonly times?: number;
}

const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const list = <Entry>(count: number, make: (index: number) => Entry): Entry[] =>
  Array.from({ length: count }, (_, index) => make(index));
const completion =
  (messages: readonly unknown[], more: object = {}) =>
  () =>
    JSON.stringify({ model: MODEL, messages, ...more });
const user = (content: unknown) => ({ role: "user", content });
const toolCall = (index: number) => ({
  id: `call_${index}`,
  type: "function",
  function: { name: "list_things", arguments: "{}" },
});
const toolCalls = (messages: number, perMessage: number) =>
  list(messages, (message) => {
    const calls = list(perMessage, (index) => toolCall(message * perMessage + index));
    return [
      { role: "assistant", content: null, tool_calls: calls },
      ...calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "1" })).toReversed(),
    ];
  }).flat();
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const sdkMessage = (parts: readonly unknown[], index = 0) => ({ id: `m${index}`, role: "user", parts });
/** Returns a document in base64. */
const pdf = (bytes: number) => Buffer.from(`%PDF-1.7${"A".repeat(bytes - 8)}`).toString("base64");
const file = (data: string) => ({
  type: "file",
  file: { file_data: `data:application/pdf;base64,${data}`, filename: "a.pdf" },
});
const picture = { type: "image_url", image_url: { url: PIXEL } };
export const COMPLETIONS = "/v1/chat/completions";
const MESSAGES = "/v1/messages";
const RESPONSES = "/v1/responses";
const AG_UI = "/bedrock-chat/ag-ui";
const AI = "/bedrock-chat/ai";
const CHAT = "/api/v1/chat";
export const NATIVE = "/bedrock-chat/ws";

export const ATTACKS: readonly Attack[] = [
  {
    name: "12,000 assistant messages",
    path: COMPLETIONS,
    body: completion([...list(12_000, () => ({ role: "assistant", content: "a" })), user("hi")]),
  },
  {
    name: "1,999 assistant messages",
    path: COMPLETIONS,
    body: completion([...list(1999, () => ({ role: "assistant", content: "a" })), user("hi")]),
  },
  {
    name: "7,000 tool calls with results",
    path: COMPLETIONS,
    body: completion([user("hi"), ...toolCalls(1, 7000)]),
  },
  {
    name: "490 tool calls with results, 3 times",
    path: COMPLETIONS,
    body: completion([user("hi"), ...toolCalls(3, 490)]),
  },
  {
    name: "2,500 pictures",
    path: COMPLETIONS,
    body: completion([...list(2500, () => user([picture])), user("hi")]),
  },
  {
    name: "1,990 pictures",
    path: COMPLETIONS,
    body: completion([...list(1990, () => user([picture])), user("hi")]),
  },
  {
    name: "500 pictures in each of 20 messages",
    path: COMPLETIONS,
    body: completion([...list(20, () => user(list(500, () => picture))), user("hi")]),
  },
  { name: "200,000 empty parts", path: COMPLETIONS, body: completion([user(list(200_000, () => ({})))]) },
  { name: "45,000 empty messages", path: COMPLETIONS, body: completion(list(45_000, () => ({}))) },
  {
    name: "22,000 tools",
    path: COMPLETIONS,
    body: completion([user("hi")], { tools: list(22_000, () => ({})) }),
  },
  {
    name: "1,000 tools with a schema",
    path: COMPLETIONS,
    body: completion([user("hi")], {
      tools: list(1000, (index) => ({
        type: "function",
        function: {
          name: `tool_${index}`,
          parameters: { type: "object", properties: { a: { type: "string" } } },
        },
      })),
    }),
  },
  { name: "a long text without blanks", path: COMPLETIONS, body: completion([user("a".repeat(900_000))]) },
  {
    name: "a long history without blanks",
    path: COMPLETIONS,
    body: completion([...list(20, () => ({ role: "assistant", content: "a".repeat(900_000) })), user("hi")]),
  },
  {
    name: "a file of 13.5 MB in the history",
    path: COMPLETIONS,
    body: completion([user([file(pdf(13_500_000))]), user("hi")]),
  },
  {
    name: "2 documents of 4.4 MB in the history",
    path: COMPLETIONS,
    body: completion([user([file(pdf(4_400_000)), file(pdf(4_400_000))]), user("hi")]),
  },
  { name: "a body of 60 MB", path: COMPLETIONS, body: completion([user("a".repeat(60_000_000))]) },
  {
    name: "50,000 nested lists",
    path: COMPLETIONS,
    body: () => `{"model":${JSON.stringify(MODEL)},"messages":${nested(50_000)}}`,
  },
  {
    name: "12,000 items",
    path: RESPONSES,
    body: () =>
      JSON.stringify({ model: MODEL, input: list(12_000, () => ({ role: "assistant", content: "a" })) }),
  },
  {
    name: "1,999 calls",
    path: RESPONSES,
    body: () =>
      JSON.stringify({
        model: MODEL,
        store: false,
        input: list(1999, (index) => ({
          type: "function_call",
          call_id: `c${index}`,
          name: "list_things",
          arguments: "{}",
        })),
      }),
  },
  {
    name: "1,999 references",
    path: RESPONSES,
    body: () =>
      JSON.stringify({
        model: MODEL,
        input: list(1999, (index) => ({
          type: "item_reference",
          id: `msg_00000000-0000-4000-8000-${String(index).padStart(12, "0")}_1`,
        })),
      }),
  },
  {
    name: "1,999 messages",
    path: MESSAGES,
    body: () =>
      JSON.stringify({
        model: MODEL,
        max_tokens: 9,
        messages: list(1999, () => user([{ type: "text", text: "a" }])),
      }),
  },
  {
    name: "45,000 empty blocks",
    path: MESSAGES,
    body: () => JSON.stringify({ model: MODEL, max_tokens: 9, messages: [user(list(45_000, () => ({})))] }),
  },
  {
    name: "a tool call with 40,000 arguments",
    path: MESSAGES,
    body: () =>
      JSON.stringify({
        model: MODEL,
        max_tokens: 9,
        messages: [
          user("hi"),
          {
            role: "assistant",
            content: [
              {
                type: "tool_use",
                id: "t",
                name: "list_things",
                input: Object.fromEntries(list(40_000, (index) => [`k${index}`, 1])),
              },
            ],
          },
        ],
      }),
  },
  {
    name: "200,000-character thread, 300 answers",
    path: AG_UI,
    times: 5,
    body: () =>
      JSON.stringify({
        threadId: "t".repeat(200_000),
        runId: "r",
        messages: [user("hi"), { id: "1", role: "assistant", toolCalls: list(300, toolCall) }],
        resume: list(300, (index) => ({ interruptId: `call_${index}`, status: "resolved", payload: true })),
      }),
  },
  {
    name: "500 answers",
    path: AG_UI,
    times: 5,
    body: () =>
      JSON.stringify({
        threadId: "t".repeat(1000),
        runId: "r",
        messages: [user("hi"), { id: "1", role: "assistant", toolCalls: list(500, toolCall) }],
        resume: list(500, (index) => ({ interruptId: `call_${index}`, status: "resolved", payload: true })),
      }),
  },
  {
    name: "20,000 answers",
    path: AG_UI,
    body: () =>
      JSON.stringify({ threadId: "t", runId: "r", messages: [user("hi")], resume: list(20_000, () => ({})) }),
  },
  {
    name: "1,999 messages",
    path: AI,
    body: () =>
      JSON.stringify({
        id: "c",
        messages: list(1999, (index) => sdkMessage([{ type: "text", text: "a" }], index)),
      }),
  },
  {
    name: "200,000 empty parts",
    path: AI,
    body: () => JSON.stringify({ id: "c", messages: [sdkMessage(list(45_000, () => ({})))] }),
  },
  {
    name: "an object with 800,000 keys",
    path: CHAT,
    body: () => JSON.stringify({ message: Object.fromEntries(list(800_000, (index) => [`k${index}`, 1])) }),
  },
  {
    name: "an object with 45,000 keys",
    path: CHAT,
    body: () => JSON.stringify({ message: Object.fromEntries(list(45_000, (index) => [`k${index}`, 1])) }),
  },
  {
    name: "45,000 images",
    path: CHAT,
    body: () => JSON.stringify({ message: "hi", images: list(45_000, () => 1) }),
  },
  { name: "50,000 nested lists", path: CHAT, body: () => `{"message":${nested(50_000)}}` },
  {
    name: "metadata of 5 MB",
    path: "/api/v1/sessions",
    times: 5,
    body: () => JSON.stringify({ metadata: { a: "a".repeat(5_000_000) } }),
  },
  {
    name: "attributes with 45,000 keys",
    path: "/api/agent/stream",
    body: () =>
      JSON.stringify({
        input_text: "hi",
        agent_id: "specchat",
        session_attributes: Object.fromEntries(list(45_000, (index) => [`k${index}`, "v"])),
      }),
  },
  {
    name: "a number of 3,000,000 digits",
    path: "/mcp",
    body: () =>
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_things","arguments":{"a":${"9".repeat(3_000_000)}}}}`,
  },
  {
    name: "a batch of 30,000 calls",
    path: "/mcp",
    body: () => JSON.stringify(list(20_000, (id) => ({ jsonrpc: "2.0", id, method: "ping" }))),
  },
  {
    name: "an approval of 600,000 calls",
    path: NATIVE,
    body: () =>
      JSON.stringify({
        type: "approve",
        approval_id: "a",
        approved: true,
        tool_call_ids: list(600_000, () => 1),
      }),
  },
  {
    name: "an approval of 45,000 calls",
    path: NATIVE,
    body: () =>
      JSON.stringify({
        type: "approve",
        approval_id: "a",
        approved: true,
        tool_call_ids: list(45_000, () => 1),
      }),
  },
  {
    name: "45,000 attachments",
    path: NATIVE,
    body: () => JSON.stringify({ message: "hi", attachments: list(45_000, () => ({})) }),
  },
  { name: "50,000 nested lists", path: NATIVE, body: () => `{"message":${nested(50_000)}}` },
  {
    name: "45,000 event types",
    path: "/ws",
    body: () => JSON.stringify({ id: "1", type: "subscribe_events", eventTypes: list(45_000, () => "a") }),
  },
  {
    name: "an id with 800,000 keys",
    path: "/ws",
    body: () =>
      JSON.stringify({ type: "ping", id: Object.fromEntries(list(800_000, (index) => [`k${index}`, 1])) }),
  },
  {
    name: "45,000 keys",
    path: "/ws/chat/completions",
    body: () => JSON.stringify({ question: Object.fromEntries(list(45_000, (index) => [`k${index}`, 1])) }),
  },
];
