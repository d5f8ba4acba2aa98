/** What the routes of contract 002 share: who asks, and errors as its clients read them. */
import { type Client, clientOf } from "../../../client.ts";
import { AppError } from "../../../errors.ts";
import { langchainClient } from "../../../langchain-chat.ts";
import { encodeProblem } from "../../../wire/langchain.ts";
import type { Detail } from "../../../wire/pydantic.ts";
import type { Handler, Route, Visit } from "../../types.ts";

export const enabled: Route["enabled"] = ({ contracts }) => contracts.includes("langchain");

export function inLangchainWords(handler: Handler): Handler {
  return async (request, visit) => {
    try {
      return await handler(request, visit);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { status, retryAfterMs } = error;
      const headers = retryAfterMs !== undefined && { "Retry-After": `${Math.ceil(retryAfterMs / 1000)}` };
      return Response.json(encodeProblem(error), { status, ...(headers && { headers }) });
    }
  };
}

/** The client as it came, for limits, and as what it owns here is divided. */
export function visitorOf(
  request: Request,
  { app, caller, server, url }: Visit,
): { client: Client; owner: Client } {
  const client = clientOf(request, caller, server.requestIP(request)?.address ?? "", app.config);
  const user = request.headers.get("x-user-id") ?? url.searchParams.get("user_id");
  return { client, owner: langchainClient(client, user) };
}

export function invalid(details: readonly Detail[]): Response {
  return Response.json({ detail: details }, { status: 422 });
}
