/** `POST /api/v1/chat`: a reply as one JSON body. */
import { AppError } from "../../../../errors.ts";
import {
  type ChatEnd,
  describeUnavailability,
  streamLangchainChat,
} from "../../../../protocols/langchain/chat.ts";
import { encodeError } from "../../../../protocols/langchain/error-bodies.ts";
import { errorResponse } from "../../../_http/error-response.ts";
import { langchainRoute, withLangchainErrors } from "../../../_http/langchain.ts";
import { maxHistoryBytes } from "../../../_http/request-body.ts";
import type { RequestContext, Route } from "../../../_http/types.ts";
import { beginChat } from "./_begin.ts";

export const chat: Route = {
  path: () => "/api/v1/chat",
  methods: {
    POST: withLangchainErrors(async (request, context) => {
      const started = await beginChat(request, context);
      if (started instanceof Response) return started;
      // A client that waits for the complete reply cannot approve calls meanwhile.
      const { chat, headers } = started;
      const withoutApproval = { ...chat, turnRequest: { ...chat.turnRequest, canApprove: false } };
      const ended = await drain(streamLangchainChat(withoutApproval, context.signal));
      if (!ended?.message) return failureResponse(ended, context);
      const { message, conversationLength, memory, createdAt } = ended;
      return Response.json(
        {
          session_id: chat.name,
          message,
          conversation_length: conversationLength,
          created_at: createdAt,
          memory_metadata: memory,
        },
        { headers },
      );
    }),
  },
  maxBodySize: maxHistoryBytes,
  ...langchainRoute,
};

async function drain(chat: AsyncGenerator<unknown, ChatEnd | undefined>): Promise<ChatEnd | undefined> {
  for (;;) {
    const next = await chat.next();
    if (next.done) return next.value;
  }
}

async function failureResponse(ended: ChatEnd | undefined, { app }: RequestContext): Promise<Response> {
  const error =
    ended?.end.outcome === "failed"
      ? ended.end.error
      : new AppError("cancelled", "The client closed the request.");
  const unavailability =
    error.code === "access_denied" && error.done.length === 0 ? await describeUnavailability(app) : undefined;
  return unavailability
    ? Response.json(unavailability, { status: 503 })
    : errorResponse(error, encodeError(error));
}
