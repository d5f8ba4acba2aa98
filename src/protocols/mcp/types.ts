import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Caller } from "../../access/types.ts";
import type { SessionId, ToolCall } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import type { Credentials } from "../../tools/types.ts";
import type { Approvals } from "./approvals.ts";
import type { KeptResults } from "./result-links.ts";

/** What all clients of MCP share. */
export interface Place {
  readonly app: App;
  readonly approvals: Approvals;
  readonly results: KeptResults;
  /** Calls that are being carried out. */
  readonly running: Set<Promise<Outcome>>;
}

/** Who sends a request, and what it brought for the APIs: for as long as the request lasts. */
export interface Visitor {
  readonly caller: Caller;
  readonly credentials: Credentials;
  readonly session: SessionId;
}

export interface Visit {
  readonly visitor: Visitor;
  readonly call: ToolCall;
  readonly signal: AbortSignal;
  /** Told while the call takes long. */
  readonly progress: (message: string) => void;
  /** Whether the client can ask its person. */
  readonly canAsk: boolean;
  /** What came of a question that was asked about this call. */
  readonly answer?: { readonly id: string; readonly isYes: boolean } | undefined;
}

/** `ask`: nothing was done; the same call comes again with the person's answer to this. */
export type Outcome =
  | { readonly type: "done"; readonly result: CallToolResult }
  | { readonly type: "ask"; readonly id: string; readonly message: string };
