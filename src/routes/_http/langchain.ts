/** What the routes of contract 002 share: who asks, and errors as its clients read them. */
import type { Client } from "../../access/client.ts";
import { AppError } from "../../errors.ts";
import { scopeLangchainClient } from "../../protocols/langchain/chat.ts";
import { encodeError } from "../../protocols/langchain/codec.ts";
import type { ValidationErrorDetail } from "../../protocols/langchain/validation-errors.ts";
import { clientFor, clientWithCookie } from "./client.ts";
import { errorResponse } from "./error-response.ts";
import type { Handler, RequestContext, Route } from "./types.ts";

export const enabled: Route["enabled"] = ({ contracts }) => contracts.includes("langchain");

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

/** Who asks: as what they own here is divided. */
export function langchainClientFor(request: Request, context: RequestContext): Client {
  return scopeLangchainClient(clientFor(request, context), userOf(request, context));
}

/** The same where a session may begin, and the client as it came, for limits; for `headers` see {@link clientWithCookie}. */
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
