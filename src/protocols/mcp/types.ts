import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Caller } from "../../access/types.ts";
import type { SessionId, ToolCall } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import type { Credentials } from "../../tools/auth/types.ts";
import type { McpApprovals } from "./approvals.ts";
import type { ResultLinks } from "./result-links.ts";

/** What all clients of MCP share. */
export interface McpContext {
  readonly app: App;
  readonly approvals: McpApprovals;
  readonly results: ResultLinks;
  /** Calls that are being carried out. */
  readonly running: Set<Promise<McpCallOutcome>>;
}

/** Who sends a request, and what it brought for the APIs: for as long as the request lasts. */
export interface McpClient {
  readonly caller: Caller;
  readonly credentials: Credentials;
  readonly session: SessionId;
}

export interface McpToolRequest {
  readonly client: McpClient;
  readonly call: ToolCall;
  readonly signal: AbortSignal;
  /** Told while the call takes long. */
  readonly onProgress: (message: string) => void;
  /** Whether the client can ask its person. */
  readonly canApprove: boolean;
  /** What came of a question that was asked about this call. */
  readonly decision?: { readonly id: string; readonly approved: boolean } | undefined;
}

/** `ask`: nothing was done; the same call comes again with the person's answer to this. */
export type McpCallOutcome =
  | { readonly type: "done"; readonly result: CallToolResult }
  | { readonly type: "ask"; readonly id: string; readonly message: string };
