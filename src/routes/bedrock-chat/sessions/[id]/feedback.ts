/** `PUT {base}/sessions/{id}/feedback`: a person's rating of the reply to a message. */
import { z } from "zod";
import { sessionsPath } from "../../../../config/paths.ts";
import { AppError } from "../../../../errors.ts";
import { rateReply } from "../../../../sessions/rate-reply.ts";
import { clientFor } from "../../../_http/client.ts";
import { readJson } from "../../../_http/json-body.ts";
import { type Route, segmentBeforeLast } from "../../../_http/types.ts";

/** Without a rating, the earlier one is removed. */
const FeedbackBody = z.object({
  message_id: z.string().min(1).max(200),
  rating: z.enum(["up", "down"]).nullable(),
  note: z.string().trim().max(2000).optional(),
});

export const sessionFeedback: Route = {
  path: (config) => `${sessionsPath(config)}/:id/feedback`,
  methods: {
    async PUT(request, context) {
      const { app, caller, sessions, url } = context;
      const { message_id: message, rating, note = "" } = readJson(context, FeedbackBody);
      await sessions.admit(clientFor(request, context), false);
      const found = await sessions.find(segmentBeforeLast(url), caller);
      const stored = await found.read();
      if (!stored) throw new AppError("session_not_found", "There is no such conversation.");
      await rateReply(app, stored, message, rating === null ? undefined : { rating, note });
      return new Response(null, { status: 204 });
    },
  },
};
