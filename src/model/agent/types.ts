/** Agents of Amazon Bedrock: they keep the conversation and run their own tools; contract 001 speaks of them. */
import type { ToolCall, ToolResult } from "../../chat/types.ts";
import type { BedrockOptions } from "../bedrock/types.ts";

export type AgentJson = Readonly<Record<string, unknown>>;

export interface AgentRequest {
  /** At most 10 letters and digits, both. */
  readonly agentId: string;
  readonly agentAliasId: string;
  /** Kept by the caller to go on with a conversation: 2 to 100 of `[0-9a-zA-Z._:-]`. */
  readonly sessionId: string;
  readonly inputText: string;
  /** Values that are no text are sent as JSON. */
  readonly sessionAttributes?: AgentJson | undefined;
  readonly promptSessionAttributes?: AgentJson | undefined;
  /** Ask for the agent's own account of what it does. */
  readonly trace?: boolean | undefined;
  /** The client's answer to a `return_control`, instead of the text. */
  readonly controlResults?:
    | { readonly invocationId: string; readonly results: readonly AgentJson[] }
    | undefined;
}

export type AgentEvent =
  | { readonly type: "text"; readonly text: string }
  /** AWS's TracePart, as it is. */
  | { readonly type: "trace"; readonly trace: AgentJson }
  /** AWS's returnControl, as it is: something that only the client can do. */
  | { readonly type: "return_control"; readonly control: AgentJson }
  /** Something that we did for the agent. */
  | { readonly type: "call"; readonly call: ToolCall }
  | { readonly type: "result"; readonly result: ToolResult };

/** What the agent may have us do: our own operations. */
export interface AgentTools {
  /** The tool that an action group's function names. */
  findByName(name: string): string | undefined;
  /** The tool of an operation: `GET`, `/users/{id}`. */
  findByPath(method: string, path: string): string | undefined;
  /** Always resolves: whatever goes wrong is a failed result. */
  run(call: ToolCall, signal: AbortSignal): Promise<ToolResult>;
}

export interface AgentModel {
  /**
   * One question to an agent. Where it returns control for operations of ours, they are run and the agent goes on.
   * Throws an AppError whose `cause` is AWS's own error; aborting `signal` closes the connection and throws `cancelled`.
   */
  invoke(request: AgentRequest, tools: AgentTools, signal: AbortSignal): AsyncIterable<AgentEvent>;
  close(): void;
}

/** InvokeAgent, as the SDK has it. */
export interface AgentService {
  invoke(input: AgentJson, signal: AbortSignal): Promise<AsyncIterable<AgentJson>>;
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
