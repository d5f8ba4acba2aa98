/** What a person asks, and whether a session can take it. */
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { FileContent } from "../tools/types.ts";

export interface TurnRequest {
  readonly message: string;
  /** One of the app's models; its default when unset. */
  readonly model?: string | undefined;
  readonly attachments?: readonly FileContent[] | undefined;
  /** Instead of the settings' own. */
  readonly temperature?: number | undefined;
  /** Fewer than the settings allow. */
  readonly maxTokens?: number | undefined;
  /** Whether whoever asks can be asked for approval in turn. */
  readonly canApprove?: boolean | undefined;
  /** Who asks, to be told apart from others who watch the session. */
  readonly requestId?: unknown;
}

/** Messages of one session that may wait for the running turn. */
const MAX_QUEUED_MESSAGES = 5;

/** @throws AppError `message_too_long`, `bad_request` or `queue_full`. `waiting`: the session's messages that wait already. */
export function validateTurnRequest(
  { message, model, attachments = [] }: TurnRequest,
  { config, models }: App,
  queued: number,
): void {
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
  if (model !== undefined && !models.includes(model)) {
    throw new AppError(
      "bad_request",
      `The model ${JSON.stringify(model)} is not offered here; offered are ${models.join(", ")}.`,
    );
  }
  if (queued >= MAX_QUEUED_MESSAGES) {
    throw new AppError(
      "queue_full",
      `${MAX_QUEUED_MESSAGES} messages are waiting already. Please wait for an answer.`,
      {
        retryable: true,
      },
    );
  }
}

/** The settings that a question's turn has. */
export function applyRequestSettings(
  { temperature, maxTokens }: TurnRequest,
  config: App["config"],
): App["config"] {
  return {
    ...config,
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { maxTokens: Math.min(maxTokens, config.maxTokens) }),
  };
}
