/** Error responses of the APIs below `/v1`, each in the format that its clients read. */
import type { Config } from "../../config/settings.ts";
import { AppError } from "../../errors.ts";
import {
  anthropicStatus,
  encodeAnthropicError,
  encodeAnthropicFailure,
} from "../../protocols/anthropic/errors.ts";
import { encodeOpenaiError, encodeOpenaiFailure, openaiStatus } from "../../protocols/openai/errors.ts";
import { errorResponse } from "./error-response.ts";
import { type EncodeLimits, encodeAnthropicLimits, encodeOpenaiLimits } from "./limit-headers.ts";
import type { Handler } from "./types.ts";

export interface ErrorFormat {
  /** Returns the headers for limits that clients read in addition to the common ones. */
  readonly encodeLimits: EncodeLimits;
  respond(error: AppError, requestId: string): Response;
  /** Responds to a request that reached no handler. */
  respondUnrouted(status: number, message: string, code: string, requestId: string): Response;
}

const OPENAI: ErrorFormat = {
  encodeLimits: encodeOpenaiLimits,
  respond: (error) => errorResponse(error, encodeOpenaiError(error), openaiStatus(error)),
  respondUnrouted: (status, message, code) =>
    Response.json(encodeOpenaiFailure(status, message, code), { status }),
};

const ANTHROPIC: ErrorFormat = {
  encodeLimits: encodeAnthropicLimits,
  respond(error, id) {
    const response = errorResponse(error, encodeAnthropicError(error, id), anthropicStatus(error));
    response.headers.set("request-id", id);
    return response;
  },
  respondUnrouted: (status, message, _code, id) =>
    Response.json(encodeAnthropicFailure(status, message, id), { status, headers: { "request-id": id } }),
};

/** Returns the format of errors for a request, or undefined when it is not below the `/v1` of an enabled API. */
export function findErrorFormat(
  { url, headers }: Request,
  { contracts }: Pick<Config, "contracts">,
): ErrorFormat | undefined {
  const pathname = URL.parse(url)?.pathname ?? "";
  if (!/^\/v1(\/|$)/.test(pathname)) return undefined;
  if (!contracts.includes("openai") && !contracts.includes("anthropic")) return undefined;
  const isAnthropic =
    isAnthropicClient(headers) || /^\/v1\/messages(\/|$)/.test(pathname) || !contracts.includes("openai");
  return isAnthropic ? ANTHROPIC : OPENAI;
}

/** Returns whether a client of Anthropic sent the request: its header of the version is required there. */
export function isAnthropicClient(headers: Headers): boolean {
  return headers.has("anthropic-version");
}

/** Answers the errors of a handler in the format of its clients. */
export function withErrorFormat(handler: Handler): Handler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      const format = findErrorFormat(request, context.app.config);
      if (!(error instanceof AppError) || !format) throw error;
      return format.respond(error, context.id);
    }
  };
}
