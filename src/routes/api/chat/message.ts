/** `POST /api/chat/message`: the HTTP endpoint of the dashboard protocol, `src/protocols/dashboard/PROTOCOL.md`. */

import { AppError } from "../../../errors.ts";
import { isObject, type JsonObject } from "../../../json.ts";
import { acceptMessage, failureText, streamReply } from "../../../protocols/dashboard/chat.ts";
import { authenticateDashboard, isDashboardServed } from "../../_http/dashboard.ts";
import { errorResponse } from "../../_http/error-response.ts";
import { parseBody } from "../../_http/json-body.ts";
import { maxMessageBytes } from "../../_http/request-body.ts";
import type { RequestContext, Route } from "../../_http/types.ts";

export const chatMessage: Route = {
  path: () => "/api/chat/message",
  methods: {
    async POST(request, context) {
      try {
        return await sendReply(request, context);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return errorResponse(error, encodeError(error));
      }
    },
  },
  tokenParameter: "token",
  encodeError,
  maxBodySize: maxMessageBytes,
  enabled: isDashboardServed,
};

function encodeError({ message }: AppError) {
  return { error: message };
}

async function sendReply(request: Request, context: RequestContext): Promise<Response> {
  const { app, sessions } = context;
  const { user, headers } = await authenticateDashboard(request, context);
  const accepted = await acceptMessage(app, sessions, user, readFields(context));
  for await (const event of streamReply(sessions, user, accepted, context.signal)) {
    if (event.type !== "end") continue;
    const { end } = event;
    if (end.outcome === "failed") {
      const message = failureText(end.error, false);
      const body = { error: "Failed to process message", message };
      return errorResponse(end.error, body, end.error.done.length > 0 ? end.error.status : 500);
    }
    return Response.json(
      { sessionId: accepted.chatId, message: end.text, timestamp: end.endedAt },
      { headers },
    );
  }
  throw new AppError("cancelled", "The client closed the request.");
}

function readFields({ takeBody }: RequestContext): JsonObject {
  const fields = parseBody(takeBody());
  return isObject(fields) ? fields : {};
}
