/** Handles files that a model does not support. */
import type { ModelLimits, ModelRequest } from "../types.ts";
import type { EventBatch } from "./types.ts";
import type { UpstreamError } from "./upstream.ts";

/** Trims the request for a model with these limits. Returns it unchanged when it does not fit them. */
export function refitRequest(request: ModelRequest, limits: ModelLimits): ModelRequest {
  return { ...request, messages: request.refit?.(limits) ?? request.messages };
}

/** Returns true when the request contains files that a model with these limits does not support. */
export function hasUnsupportedFiles({ messages }: ModelRequest, { files }: ModelLimits): boolean {
  return messages.some(
    (message) =>
      message.role !== "assistant" &&
      message.files?.some(({ contents }) => {
        if (files === undefined || files === "refused") return true;
        return (contents.kind === "image" ? files.images : files.documents) === undefined;
      }),
  );
}

/** Creates the notice about attachments that a model with these limits does not see. */
export function createUnsupportedNotice(
  { unsupportedAttachments }: ModelRequest,
  limits: ModelLimits,
): readonly EventBatch[] {
  const message = unsupportedAttachments?.(limits);
  return message === undefined ? [] : [[{ type: "notice", code: "attachment_unread", message }]];
}

/**
 * Returns true when Bedrock refused a file, for example a damaged or password-protected one. Bedrock would refuse it
 * in every later turn too, so the request is retried without files.
 */
export function isFileError({ type, message }: UpstreamError): boolean {
  return type === "ValidationException" && /\b(images?|documents?|pdfs?|files?)\b/i.test(message);
}
