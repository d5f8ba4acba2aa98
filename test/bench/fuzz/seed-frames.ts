/** Valid frames of each WebSocket protocol. */
import { MODEL } from "../../support/harness.ts";
import { APPROVAL, SESSION } from "./seed-bodies.ts";

const file = { name: "a.txt", media_type: "text/plain", data: "aGk=" };

export const SEED_FRAMES = {
  native: [
    { type: "hello", capabilities: ["approval"] },
    { type: "message", message: "hi", id: "m1", model: MODEL, attachments: [file] },
    { message: "write" },
    {
      type: "approve",
      approval_id: APPROVAL,
      approved: true,
      scope: "session",
      tool_call_ids: ["tooluse_1"],
      reason: "r",
    },
    { type: "approve", approval_id: APPROVAL, approved: false },
    { type: "edit", approval_id: APPROVAL, tool_call_id: "tooluse_1", arguments: { name: "n", size: 1 } },
    { type: "resume", session_id: SESSION, last_seq: 1, snapshot: true },
    { type: "auth", api: "", scheme: "key", value: { value: "v", token: "t", username: "u", password: "p" } },
    { type: "auth", token: "a.b.c" },
    ...["stop", "logout", "history", "clear", "ping"].map((type) => ({ type })),
  ],
  dashboard: [
    { id: "1", type: "chat.create_session", data: { title: "Nodes" } },
    { id: "2", type: "chat.send_message", data: { message: "hi", sessionId: null, streaming: true } },
    { id: "3", type: "chat.send_message", data: { message: "write", streaming: false } },
    { id: "4", type: "chat.get_history", data: { sessionId: "chat_1772357400000_k3f9a0b2c" } },
    { id: "5", type: "mcp_call", tool: "listThings", arguments: { limit: 1 } },
    { id: "6", type: "mcp_call", tool: "createThing", arguments: { name: "a" } },
    { id: "7", type: "subscribe_events", eventTypes: ["*"], filters: { a: 1 } },
    { id: 8, type: "publish_event", event: { detailType: "a", detail: { b: 1 } } },
    ...["ping", "health_check", "server_info", "list_tools", "chat.list_sessions"].map((type) => ({
      id: "9",
      type,
    })),
  ],
  completions: [
    { question: "hi", session_id: "s" },
    { question: "write", session_id: "s", user_id: "u" },
    { question: "hi", chat_id: SESSION },
  ],
} as const;
