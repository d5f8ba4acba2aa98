/** The frames of the native protocol (src/protocols/native/PROTOCOL.md) that this page reads and writes. */
import type * as http from "../src/protocols/native/http-types.ts";
import type * as tools from "../src/protocols/native/tool-frame.ts";
import type * as native from "../src/protocols/native/types.ts";
import type * as calls from "../src/protocols/shared/call-frames.ts";
import type * as auth from "../src/tools/auth/types.ts";

export type ServerFrame = native.ServerFrame;
export type EstablishedFrame = Extract<ServerFrame, { type: "connection_established" }>;
export type ToolCallFrame = calls.ToolCallFrame;
export type ToolResultFrame = calls.ToolResultFrame;
export type AiResponseFrame = Extract<ServerFrame, { type: "ai_response" }>;
export type ErrorFrame = native.ErrorFrame;
export type ContextFrame = native.ContextFrame;
export type ShareFrame = http.ShareFrame;
export type SharedSessionFrame = http.SharedSessionFrame;
export type UsageFrame = native.UsageFrame;
export type NoticeFrame = Extract<ServerFrame, { type: "notice" }>;
export type FileFrame = calls.FileFrame;
export type SignInOption = auth.SignInOption;
export type ApprovalFrame = native.ApprovalFrame;
export type ToolFrame = tools.ToolFrame;
export type ToolDetailFrame = tools.ToolDetailFrame;
export type CallPreviewFrame = NonNullable<native.PendingCallFrame["request"]>;
export type PendingCallFrame = native.PendingCallFrame;
export type HistoryMessage = native.HistoryMessage;
export type TypingFrame = Extract<ServerFrame, { type: "typing" }>;
export type SnapshotFrame = Extract<ServerFrame, { type: "snapshot" }>;
export type HistoryFrame = Extract<ServerFrame, { type: "history" }>;
export type ClientFrame = native.ClientFrame;
export type ResumeFrame = Extract<ClientFrame, { type: "resume" }>;
export type ResultPartFrame = http.ResultPartFrame;
export type SessionFrame = http.SessionFrame;
export type SessionListFrame = http.SessionListFrame;

/** Types of frames that change the state or maintain the connection. */
const KNOWN_TYPES = {
  connection_established: true,
  typing: true,
  text_delta: true,
  reasoning_delta: true,
  tool_call: true,
  tool_result: true,
  approval_request: true,
  snapshot: true,
  history: true,
  ai_response: true,
  error: true,
  notice: true,
  history_cleared: true,
  auth_configured: true,
  reconnect: true,
  pong: true,
} satisfies Partial<Record<ServerFrame["type"], true>>;

/** Returns whether a value is a frame that this page reads. Frames come from the page's own server; fields are trusted. */
export function isServerFrame(value: unknown): value is ServerFrame {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    Object.hasOwn(KNOWN_TYPES, value.type)
  );
}
