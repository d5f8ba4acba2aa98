/** `POST /api/chat/message`: the HTTP endpoint of the dashboard protocol, `src/protocols/dashboard/PROTOCOL.md`. */

import { AppError } from "../../../errors.ts";
import { isObject } from "../../../json.ts";
import { acceptMessage, failureText, streamReply } from "../../../protocols/dashboard/chat.ts";
import { authenticateDashboard, isDashboardServed } from "../../_http/dashboard.ts";
import { errorResponse } from "../../_http/error-response.ts";
import type { RequestContext, Route } from "../../_http/types.ts";

export const chatMessage: Route = {
  path: () => "/api/chat/message",
  methods: {
    async POST(request, context) {
      try {
        return await sendReply(request, context);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return errorResponse(error, { error: error.message });
      }
    },
  },
  enabled: isDashboardServed,
};

async function sendReply(request: Request, context: RequestContext): Promise<Response> {
  const { app, sessions, server } = context;
  const authenticated = await authenticateDashboard(request, context);
  if (!authenticated) throw new AppError("unauthorized", "A valid token is needed");
  const { user, headers } = authenticated;
  const accepted = await acceptMessage(app, sessions, user, await readBody(request));
  // No timeout while the turn runs.
  server.timeout(request, 0);
  for await (const event of streamReply(sessions, accepted, context.signal)) {
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

async function readBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body: unknown = await request.json();
    return isObject(body) ? body : {};
  } catch {
    throw new AppError("bad_request", "The body is not valid JSON.");
  }
}
