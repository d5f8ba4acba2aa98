/** Requests for models that turn out not to read the files in them. */
import type { ModelLimits, ModelRequest } from "../types.ts";
import type { EventBatch } from "./types.ts";
import type { UpstreamError } from "./upstream.ts";

/** For a model with these limits, whatever it was made for. */
export function refitRequest(request: ModelRequest, limits: ModelLimits): ModelRequest {
  return { ...request, messages: request.refit?.(limits) ?? request.messages };
}

/** Does it hold files that a model with these limits does not read? */
export function hasUnsupportedFiles({ messages }: ModelRequest, { files }: ModelLimits): boolean {
  return messages.some(
    (message) =>
      message.role === "user" &&
      message.files?.some(({ contents }) => {
        if (files === undefined || files === "refused") return true;
        return (contents.kind === "image" ? files.images : files.documents) === undefined;
      }),
  );
}

/** What the person is told before a model with these limits answers. */
export function createUnsupportedNotice(
  { unsupportedAttachments }: ModelRequest,
  limits: ModelLimits,
): readonly EventBatch[] {
  const message = unsupportedAttachments?.(limits);
  return message === undefined ? [] : [[{ type: "notice", code: "attachment_unread", message }]];
}

/**
 * A file that is damaged further in, say, or locked with a password. It would be refused with every later question too, so
 * the request goes out once more without files.
 */
export function isFileError({ type, message }: UpstreamError): boolean {
  return type === "ValidationException" && /\b(images?|documents?|pdfs?|files?)\b/i.test(message);
}
