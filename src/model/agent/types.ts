/** The port to agents of Amazon Bedrock, which keep the conversation and run their own tools. */
import type { ToolCall, ToolResult } from "../../chat/types.ts";
import type { BedrockOptions } from "../bedrock/types.ts";

export type AgentJson = Readonly<Record<string, unknown>>;

export interface AgentRequest {
  /** At most 10 letters and digits, like `agentAliasId`. */
  readonly agentId: string;
  readonly agentAliasId: string;
  /** Identifies the conversation; 2 to 100 characters of `[0-9a-zA-Z._:-]`. */
  readonly sessionId: string;
  readonly inputText: string;
  /** Values that are not strings are sent as JSON. */
  readonly sessionAttributes?: AgentJson | undefined;
  readonly promptSessionAttributes?: AgentJson | undefined;
  /** True to request trace events. */
  readonly trace?: boolean | undefined;
  /** The client's results for a `return_control`; `inputText` is not sent with them. */
  readonly controlResults?:
    | { readonly invocationId: string; readonly results: readonly AgentJson[] }
    | undefined;
}

export type AgentEvent =
  | { readonly type: "text"; readonly text: string }
  /** AWS's TracePart, unchanged. */
  | { readonly type: "trace"; readonly trace: AgentJson }
  /** AWS's returnControl, unchanged, for an invocation that only the client can carry out. */
  | { readonly type: "return_control"; readonly control: AgentJson }
  /** A tool call that specchat runs for the agent. */
  | { readonly type: "call"; readonly call: ToolCall }
  | { readonly type: "result"; readonly result: ToolResult };

/** The tools that specchat runs for an agent. */
export interface AgentTools {
  /** Returns the tool that a function of an action group names. */
  findByName(name: string): string | undefined;
  /** Returns the tool of an operation, for example `GET`, `/users/{id}`. */
  findByPath(method: string, path: string): string | undefined;
  /** Runs a call. Never rejects: a failure is a failed result. */
  run(call: ToolCall, signal: AbortSignal): Promise<ToolResult>;
}

export interface AgentModel {
  /**
   * Sends one user message to an agent. When the agent returns control for known operations, runs them and continues.
   * Throws an AppError whose `cause` is AWS's error. Aborting `signal` closes the connection and throws `cancelled`.
   */
  invoke(request: AgentRequest, tools: AgentTools, signal: AbortSignal): AsyncIterable<AgentEvent>;
  close(): void;
}

/** The operations of the SDK. They throw what the SDK throws. */
export interface AgentService {
  /** InvokeAgent. */
  invoke(input: AgentJson, signal: AbortSignal): Promise<AsyncIterable<AgentJson>>;
  /** Retrieve. Returns `retrievalResults`. */
  retrieve(input: AgentJson, signal: AbortSignal): Promise<readonly AgentJson[]>;
  close(): void;
}

export type AgentOptions = Pick<
  BedrockOptions,
  | "region"
  | "profile"
  | "endpoint"
  | "credentials"
  | "connectTimeoutMs"
  | "idleTimeoutMs"
  | "proxyEnvironment"
  | "certificates"
>;
