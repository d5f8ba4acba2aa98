/** Clients and error bodies of the langchain protocol: `src/protocols/langchain/PROTOCOL.md`. */
import type { Client } from "../../access/client.ts";
import type { Config } from "../../config/settings.ts";
import { AppError } from "../../errors.ts";
import { encodeError } from "../../protocols/langchain/error-bodies.ts";
import { scopeLangchainClient } from "../../protocols/langchain/sessions.ts";
import type { ValidationErrorDetail } from "../../protocols/langchain/validation-errors.ts";
import { clientFor, clientWithCookie } from "./client.ts";
import { errorResponse } from "./error-response.ts";
import type { Handler, RequestContext } from "./types.ts";

/** What all routes of this protocol have in common. */
export const langchainRoute = {
  enabled: ({ contracts }: Config) => contracts.includes("langchain"),
  encodeError,
};

export function withLangchainErrors(handler: Handler): Handler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return errorResponse(error, encodeError(error));
    }
  };
}

/** Returns the client, scoped to this protocol and to the user that the request names. */
export function langchainClientFor(request: Request, context: RequestContext): Client {
  return scopeLangchainClient(clientFor(request, context), userOf(request, context));
}

/** Returns the scoped client as `owner` of sessions and the unscoped one for rate limits. For `headers` see {@link clientWithCookie}. */
export function langchainClientWithCookie(request: Request, context: RequestContext) {
  const { client, headers } = clientWithCookie(request, context);
  return { client, owner: scopeLangchainClient(client, userOf(request, context)), headers };
}

function userOf(request: Request, { url }: RequestContext): string | null {
  return request.headers.get("x-user-id") ?? url.searchParams.get("user_id");
}

export function validationErrorResponse(details: readonly ValidationErrorDetail[]): Response {
  return Response.json({ detail: details }, { status: 422 });
}
