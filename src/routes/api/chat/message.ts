/** `POST /api/chat/message`: what contract 003 answers over HTTP. */

import { AppError } from "../../../errors.ts";
import { isObject } from "../../../json.ts";
import { failureText, replies, takeMessage } from "../../../protocols/dashboard/chat.ts";
import { dashboardVisitor, isDashboardServed } from "../../_http/dashboard.ts";
import { problem } from "../../_http/error-response.ts";
import type { Route, Visit } from "../../_http/types.ts";

export const chatMessage: Route = {
  path: () => "/api/chat/message",
  methods: {
    async POST(request, visit) {
      try {
        return await answer(request, visit);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return problem(error, { error: error.message });
      }
    },
  },
  enabled: isDashboardServed,
};

async function answer(request: Request, visit: Visit): Promise<Response> {
  const { app, sessions, server } = visit;
  const visitor = await dashboardVisitor(request, visit);
  if (!visitor) throw new AppError("unauthorized", "A valid token is needed");
  const { user, headers } = visitor;
  const sent = await takeMessage(app, sessions, user, await bodyOf(request));
  // As long as the answer takes.
  server.timeout(request, 0);
  for await (const event of replies(sessions, sent, request.signal)) {
    if (event.type !== "end") continue;
    const { end } = event;
    if (end.outcome === "failed") {
      const message = failureText(end.error, false);
      return Response.json({ error: "Failed to process message", message }, { status: 500 });
    }
    return Response.json({ sessionId: sent.chatId, message: end.text, timestamp: end.endedAt }, { headers });
  }
  throw new AppError("cancelled", "The request was left.");
}

async function bodyOf(request: Request): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body: unknown = await request.json();
    return isObject(body) ? body : {};
  } catch {
    throw new AppError("bad_request", "The body is not valid JSON.");
  }
}
