/** Valid bodies of every route that takes one. `SESSION` and `APPROVAL` stand for ids of the server. */
import { MODEL } from "../../support/harness.ts";

export const SESSION = "0b9a2f0e-1111-4111-8111-111111111111";
export const APPROVAL = "0b9a2f0e-2222-4222-8222-222222222222";
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const parameters = {
  type: "object",
  properties: { a: { type: "string" }, b: { $ref: "#/$defs/B" } },
  $defs: { B: {} },
};
const sampling = { temperature: 0.5, top_p: 0.9, stream: true };

const completion = {
  ...{ model: MODEL, ...sampling, max_tokens: 50, stop: ["x"], n: 1, user: "ann", seed: 1 },
  stream_options: { include_usage: true },
  tools: [{ type: "function", function: { name: "mine", description: "Mine", parameters, strict: true } }],
  tool_choice: { type: "function", function: { name: "mine" } },
  response_format: { type: "json_schema", json_schema: { name: "reply", schema: parameters, strict: true } },
  messages: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "hi" },
        { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
      ],
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "mine", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c1", content: "1" },
    { role: "user", content: "write" },
  ],
};
const response = {
  ...{
    model: MODEL,
    ...sampling,
    instructions: "Be brief.",
    max_output_tokens: 50,
    store: true,
    metadata: { a: "b" },
  },
  tools: [{ type: "function", name: "mine", description: "Mine", parameters }],
  tool_choice: "auto",
  text: { format: { type: "json_schema", name: "reply", schema: parameters } },
  input: [
    {
      role: "user",
      content: [
        { type: "input_text", text: "hi" },
        { type: "input_image", image_url: `data:image/png;base64,${PIXEL}` },
      ],
    },
    { type: "function_call", call_id: "c1", name: "mine", arguments: "{}" },
    { type: "function_call_output", call_id: "c1", output: "1" },
    { type: "item_reference", id: `msg_${SESSION}_1` },
    { type: "message", role: "user", content: "write" },
  ],
};
const anthropic = {
  ...{
    model: MODEL,
    max_tokens: 50,
    temperature: 0.5,
    stream: true,
    stop_sequences: ["x"],
    metadata: { user_id: "ann" },
  },
  system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
  thinking: { type: "disabled" },
  tools: [{ name: "mine", description: "Mine", input_schema: parameters }],
  tool_choice: { type: "auto" },
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "hi" },
        { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "text", text: "so" },
        { type: "tool_use", id: "c1", name: "mine", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "c1", content: "1" },
        { type: "text", text: "write" },
      ],
    },
  ],
};
const aiSdk = {
  ...{ id: "chat", model: MODEL, trigger: "submit-message", messageId: "m1" },
  messages: [
    {
      id: "m0",
      role: "assistant",
      parts: [
        {
          type: "tool-createThing",
          state: "approval-responded",
          toolCallId: "c1",
          approval: { id: APPROVAL, approved: true, reason: "r" },
        },
      ],
    },
    {
      id: "m1",
      role: "user",
      parts: [
        { type: "text", text: "write" },
        { type: "file", mediaType: "image/png", filename: "a.png", url: `data:image/png;base64,${PIXEL}` },
      ],
    },
  ],
};
const agUi = {
  ...{
    threadId: "t",
    runId: "r",
    parentRunId: "p",
    state: { a: 1 },
    context: [{ description: "d", value: "v" }],
    forwardedProps: {},
  },
  tools: [{ name: "mine", description: "Mine", parameters }],
  messages: [
    { id: "1", role: "system", content: "Be brief." },
    {
      id: "2",
      role: "user",
      content: [
        { type: "text", text: "write" },
        { type: "image", source: { type: "data", value: PIXEL, mimeType: "image/png" } },
      ],
    },
    {
      id: "3",
      role: "assistant",
      content: "so",
      toolCalls: [{ id: "c1", type: "function", function: { name: "mine", arguments: "{}" } }],
    },
    { id: "4", role: "tool", toolCallId: "c1", content: "1" },
    { id: "5", role: "user", content: "hi" },
  ],
};
const chat = {
  ...{
    message: "write",
    images: [`data:image/png;base64,${PIXEL}`],
    session_id: "s",
    provider: "bedrock",
    model: MODEL,
  },
  ...{
    temperature: 0.5,
    max_tokens: 50,
    enable_memory: true,
    memory_trigger_count: 5,
    mcp_servers: ["a"],
    rag_top_k: 3,
  },
};
const agent = {
  ...{ input_text: "hi", agent_id: "specchat", agent_alias_id: "TSTALIASID", session_id: "s" },
  ...{ session_attributes: { a: "b" }, prompt_session_attributes: { c: "d" } },
  return_control_invocation_results: [
    { functionResult: { actionGroup: "a", function: "f", responseBody: { TEXT: { body: "1" } } } },
  ],
};

/** By method and path, as the table of routes has them. */
export const SEED_BODIES: Readonly<Record<string, readonly unknown[]>> = {
  "POST /v1/chat/completions": [
    completion,
    { ...completion, stream: false, tools: undefined, tool_choice: undefined },
  ],
  "POST /v1/responses": [response, { model: MODEL, input: "hi", previous_response_id: `resp_${SESSION}` }],
  "POST /v1/messages": [anthropic, { ...anthropic, stream: false }],
  "POST /v1/messages/count_tokens": [anthropic],
  "POST /bedrock-chat/ai": [aiSdk],
  "POST /bedrock-chat/ag-ui": [
    agUi,
    { ...agUi, resume: [{ interruptId: "c1", status: "resolved", payload: { approved: true } }] },
  ],
  "POST /bedrock-chat/sessions/:id/stop": [{}],
  "PUT /bedrock-chat/sessions/:id/share": [{}],
  "POST /bedrock-chat/sessions/:id/branches": [{ before: SESSION }],
  "PUT /bedrock-chat/sessions/:id/feedback": [
    { message_id: SESSION, rating: "down", note: "Wrong." },
    { message_id: SESSION, rating: null },
  ],
  "POST /bedrock-chat/tools/:name/request": [{ arguments: { name: "n", size: 1 }, session_id: SESSION }],
  "PATCH /bedrock-chat/sessions/:id": [{ title: "Nodes" }],
  "POST /bedrock-chat/account/sign-in": [{ key: "sck_not-a-key" }],
  "POST /bedrock-chat/account/renew": [{}],
  "POST /bedrock-chat/account/sign-out": [{}],
  "POST /api/v1/chat": [chat],
  "POST /api/v1/chat/stream": [chat],
  "POST /api/v1/sessions": [{ metadata: { a: { b: [1] } } }],
  "POST /api/v1/models/validate": [{ provider: "bedrock", model: MODEL, temperature: 1 }],
  "POST /api/v1/approvals/:id/approve": [{ reason: "r" }],
  "POST /api/v1/approvals/:id/reject": [{ reason: "r" }],
  "POST /api/v1/approvals/:id/cancel": [{ reason: "r" }],
  "POST /api/agent/stream": [agent, { input_text: "write", agent_id: "specchat" }],
  "POST /api/chat/message": [
    { message: "hi", sessionId: "chat_1772357400000_k3f9a0b2c" },
    { message: "write" },
  ],
};

const client = { name: "fuzz", version: "1" };
const initialize = { protocolVersion: "2025-06-18", capabilities: { elicitation: {} }, clientInfo: client };

export const SEED_MCP: readonly unknown[] = [
  { jsonrpc: "2.0", id: 1, method: "initialize", params: initialize },
  { jsonrpc: "2.0", id: 2, method: "tools/list", params: { cursor: "1", _meta: { progressToken: 1 } } },
  {
    jsonrpc: "2.0",
    id: 3,
    method: "tools/call",
    params: { name: "listThings", arguments: { limit: 1, "X-Tenant": "a" } },
  },
  {
    jsonrpc: "2.0",
    id: "4",
    method: "tools/call",
    params: { name: "createThing", arguments: { name: "a", size: 1 } },
  },
  { jsonrpc: "2.0", id: 5, method: "resources/read", params: { uri: "a://b" } },
  { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 3, reason: "r" } },
  { jsonrpc: "2.0", id: 6, result: { action: "accept", content: {} } },
  { jsonrpc: "2.0", id: 7, error: { code: -32600, message: "m" } },
  [
    { jsonrpc: "2.0", id: 8, method: "ping" },
    { jsonrpc: "2.0", method: "notifications/initialized" },
  ],
];
