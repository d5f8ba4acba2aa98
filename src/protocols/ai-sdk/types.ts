/** The frames of a UI message stream, version 1: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol */
import type { CallPreview, SessionId, StopReason, TurnId, Usage } from "../../chat/types.ts";

/** Metadata of the reply message. */
export interface AiSdkMetadata {
  /** The id for `POST {base}/sessions/{id}/stop`. */
  readonly sessionId: SessionId;
  readonly model?: string;
  readonly usage?: Usage & { readonly totalTokens: number };
  /** In USD; null when the price of a model is unknown. */
  readonly cost?: number | null;
  readonly stopReason?: StopReason;
}

export type AiSdkFrame =
  | { readonly type: "start"; readonly messageId: TurnId; readonly messageMetadata: AiSdkMetadata }
  | { readonly type: "start-step" | "finish-step" }
  | { readonly type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end"; readonly id: string }
  | { readonly type: "text-delta" | "reasoning-delta"; readonly id: string; readonly delta: string }
  | {
      readonly type: "tool-input-available";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly input: unknown;
      readonly dynamic: true;
    }
  | {
      readonly type: "tool-approval-request";
      readonly approvalId: string;
      readonly toolCallId: string;
      /** Clients keep it as `approval.descriptor` of the tool part. */
      readonly approvalDescriptor?: { readonly request: CallPreview };
    }
  | {
      readonly type: "tool-output-available";
      readonly toolCallId: string;
      readonly output: string;
      readonly dynamic: true;
    }
  | {
      readonly type: "tool-output-error";
      readonly toolCallId: string;
      readonly errorText: string;
      readonly dynamic: true;
    }
  | { readonly type: "tool-output-denied"; readonly toolCallId: string }
  | { readonly type: "file"; readonly url: string; readonly mediaType: string }
  | { readonly type: "error"; readonly errorText: string }
  | { readonly type: "abort"; readonly reason: string }
  | {
      readonly type: "finish";
      readonly finishReason: "stop" | "length" | "content-filter" | "tool-calls" | "other";
      readonly messageMetadata?: AiSdkMetadata;
    };
