/** The frames of the native WebSocket protocol, as this page reads and writes them. */
import type * as wire from "../src/protocols/native/types.ts";
import type * as calls from "../src/protocols/shared/call-frames.ts";
import type * as auth from "../src/tools/auth/types.ts";

export type ServerFrame = wire.ServerFrame;
export type EstablishedFrame = Extract<ServerFrame, { type: "connection_established" }>;
export type ToolCallFrame = calls.ToolCallFrame;
export type ToolResultFrame = calls.ToolResultFrame;
export type AiResponseFrame = Extract<ServerFrame, { type: "ai_response" }>;
export type ErrorFrame = wire.ErrorFrame;
export type UsageFrame = wire.UsageFrame;
export type NoticeFrame = Extract<ServerFrame, { type: "notice" }>;
export type FileFrame = calls.FileFrame;
export type SignInOption = auth.SignInOption;
export type ApprovalFrame = wire.ApprovalFrame;
export type PendingCallFrame = wire.PendingCallFrame;
export type HistoryMessage = wire.HistoryMessage;
export type TypingFrame = Extract<ServerFrame, { type: "typing" }>;
export type SnapshotFrame = Extract<ServerFrame, { type: "snapshot" }>;
export type ClientFrame = wire.ClientFrame;
export type ResumeFrame = Extract<ClientFrame, { type: "resume" }>;
export type SessionFrame = wire.SessionFrame;
export type SessionListFrame = wire.SessionListFrame;

/** Those that change what is shown, or keep the connection. */
const KNOWN_TYPES = {
  connection_established: true,
  typing: true,
  text_delta: true,
  reasoning_delta: true,
  tool_call: true,
  tool_result: true,
  approval_request: true,
  snapshot: true,
  ai_response: true,
  error: true,
  notice: true,
  history_cleared: true,
  auth_configured: true,
  reconnect: true,
  pong: true,
} satisfies Partial<Record<ServerFrame["type"], true>>;

/** Is it a frame this page reads? It comes from the page's own server: its fields are believed, other types passed over. */
export function isServerFrame(value: unknown): value is ServerFrame {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    Object.hasOwn(KNOWN_TYPES, value.type)
  );
}
