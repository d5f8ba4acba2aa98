/** What a client sends that keeps the history itself: the whole conversation with each request. */
import type { Decision, ToolCall, ToolDefinition } from "../chat/types.ts";
import type { FileContent } from "../tools/types.ts";

export type ClientMessage =
  | { readonly role: "user"; readonly text: string; readonly files: readonly FileContent[] }
  | { readonly role: "assistant"; readonly text: string; readonly calls: readonly ToolCall[] }
  | {
      readonly role: "result";
      readonly callId: string;
      readonly content: string;
      readonly status: "ok" | "failed";
    };

/** The last message is what is to be answered: a question, or the results of the calls before it. */
export interface StatelessRequest {
  readonly messages: readonly ClientMessage[];
  /** The client's own, for the model. */
  readonly instructions: readonly string[];
  /** The client's own, which it carries out itself: in place of ours. */
  readonly tools?: readonly ToolDefinition[] | undefined;
  /** On calls that are still without a result. */
  readonly decisions?: readonly Decision[];
  readonly model?: string | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly stopSequences?: readonly string[] | undefined;
}
