/** The types of the MCP server: what its clients share, and one tool call. */
import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Caller } from "../../access/types.ts";
import type { SessionId, ToolCall } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import type { Credentials } from "../../tools/auth/types.ts";
import type { McpApprovals } from "./approvals.ts";
import type { ResultLinks } from "./result-links.ts";

export type McpApp = Pick<
  App,
  | "apis"
  | "authorizer"
  | "audit"
  | "config"
  | "files"
  | "log"
  | "model"
  | "modelId"
  | "now"
  | "results"
  | "shares"
  | "telemetry"
  | "version"
>;

/** The state that all MCP clients of a server share. */
export interface McpContext {
  readonly app: McpApp;
  readonly approvals: McpApprovals;
  readonly results: ResultLinks;
  /** Aborts running calls. */
  readonly stopping: AbortSignal;
  /** Running calls. */
  readonly running: Set<Promise<McpCallOutcome>>;
}

/** The sender of a request and its credentials, for the duration of the request. */
export interface McpClient {
  readonly caller: Caller;
  readonly credentials: Credentials;
  readonly session: SessionId;
  /** Counts a call against the rate limit. Undefined for the user of a terminal. @throws AppError `rate_limited` */
  readonly admit?: () => Promise<void>;
}

export interface McpToolRequest {
  readonly client: McpClient;
  readonly call: ToolCall;
  readonly signal: AbortSignal;
  /** Called with a progress message during a long call. */
  readonly onProgress: (message: string) => void;
  /** True when the client can ask its user for approval. */
  readonly canApprove: boolean;
  /** The user's decision on this call, when it was asked for. */
  readonly decision?: { readonly id: string; readonly approved: boolean } | undefined;
}

/** The outcome of a call. With `ask` nothing was sent; the client repeats the call with the user's decision. */
export type McpCallOutcome =
  | { readonly type: "done"; readonly result: CallToolResult }
  | { readonly type: "ask"; readonly id: string; readonly message: string };
