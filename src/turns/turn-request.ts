/** A user message with its options, and whether a session can take it. */
import type { Spender } from "../access/limits/types.ts";
import type { Caller } from "../access/types.ts";
import type { MessageId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { FileContent } from "../tools/types.ts";
import { checkSelectedModel, defaultModel } from "./permitted-models.ts";

export interface TurnRequest {
  /** Who sent it. */
  readonly caller: Caller;
  readonly message: string;
  /** One of the models that the caller may use. Default: the first. */
  readonly model?: string | undefined;
  readonly attachments?: readonly FileContent[] | undefined;
  /** Replaces the setting. */
  readonly temperature?: number | undefined;
  /** Lowers the setting; a higher value has no effect. */
  readonly maxTokens?: number | undefined;
  /** Whether the client can ask a person for approval. Default: false. */
  readonly canApprove?: boolean | undefined;
  /** The client's id of the message. A session takes each id and text once. */
  readonly clientId?: string | undefined;
  /** The message was answered before and is to be answered again. */
  readonly isRegeneration?: boolean | undefined;
  /** The stored user message that this one replaces, with everything after it. */
  readonly replaces?: MessageId | undefined;
  /** Who the turn counts against. Default: the owner of the session. */
  readonly spender?: Spender | undefined;
  /** Identifies the request, so that its sender recognises its turn. Compared by identity: any object or symbol. */
  readonly requestId?: unknown;
}

/** @throws AppError `message_too_long`, `bad_request`, or `forbidden` when the caller may use no model */
export function validateTurnRequest(
  { caller, message, model, attachments = [] }: TurnRequest,
  app: Pick<App, "authorizer" | "config" | "modelId" | "models">,
): void {
  const { config } = app;
  const { maxInputSize } = config;
  if (message.length > maxInputSize) {
    throw new AppError(
      "message_too_long",
      `The message has ${message.length} characters; the limit is ${maxInputSize}.`,
    );
  }
  const bytes = attachments.reduce((sum, file) => sum + file.bytes.length, 0);
  if (bytes > config.maxAttachmentsSize) {
    throw new AppError(
      "message_too_long",
      `The attachments have ${bytes} bytes; the limit is ${config.maxAttachmentsSize}.`,
    );
  }
  if (model === undefined) defaultModel(app, caller);
  else checkSelectedModel(app, caller, model);
}

/** Returns the settings with the options of a request applied. */
export function applyRequestSettings(
  { temperature, maxTokens }: TurnRequest,
  config: App["config"],
): App["config"] {
  // Most requests have none, and there are more than a hundred settings.
  if (temperature === undefined && maxTokens === undefined) return config;
  return {
    ...config,
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens: Math.min(maxTokens, config.maxTokens) }),
  };
}
