/** What the routes of contract 002 share: who asks, and errors as its clients read them. */
import type { Client } from "../../access/client.ts";
import { AppError } from "../../errors.ts";
import { langchainClient } from "../../protocols/langchain/chat.ts";
import { encodeProblem } from "../../protocols/langchain/codec.ts";
import type { Detail } from "../../protocols/langchain/validation-errors.ts";
import { ownerOf, visitorOf } from "./client.ts";
import { problem } from "./error-response.ts";
import type { Handler, Route, Visit } from "./types.ts";

export const enabled: Route["enabled"] = ({ contracts }) => contracts.includes("langchain");

export function inLangchainWords(handler: Handler): Handler {
  return async (request, visit) => {
    try {
      return await handler(request, visit);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return problem(error, encodeProblem(error));
    }
  };
}

/** Who asks: as what they own here is divided. */
export function langchainVisitor(request: Request, visit: Visit): Client {
  return langchainClient(visitorOf(request, visit), userOf(request, visit));
}

/** The same where a session may begin, and the client as it came, for limits; for `headers` see {@link ownerOf}. */
export function langchainOwner(request: Request, visit: Visit) {
  const { client, headers } = ownerOf(request, visit);
  return { client, owner: langchainClient(client, userOf(request, visit)), headers };
}

function userOf(request: Request, { url }: Visit): string | null {
  return request.headers.get("x-user-id") ?? url.searchParams.get("user_id");
}

export function invalid(details: readonly Detail[]): Response {
  return Response.json({ detail: details }, { status: 422 });
}
