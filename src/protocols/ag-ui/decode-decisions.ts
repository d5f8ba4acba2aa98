/** Decodes the decisions with which a client resumes an interrupted run. Pure. */
import { z } from "zod";
import type { Decision } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { ClientMessage } from "../../turns/stateless-request.ts";
import type { RunInput } from "./requests.ts";

const decisionPayload = z.object({ approved: z.boolean(), reason: z.string().max(10_000).optional() });

/**
 * Decodes `resume`. It must decide every open call once, and nothing else.
 * @throws AppError `approval_not_found` or `bad_request`
 */
export function decodeDecisions(
  resume: NonNullable<RunInput["resume"]>,
  messages: readonly ClientMessage[],
): readonly Decision[] {
  const assistantMessage = messages.findLast(({ role }) => role === "assistant");
  const resultIds = new Set(
    messages.flatMap((message) => (message.role === "result" ? [message.callId] : [])),
  );
  const decided = new Set(resume.map(({ interruptId }) => interruptId));
  const calls = assistantMessage?.role === "assistant" ? assistantMessage.calls : [];
  const open = calls.map(({ id }) => id).filter((id) => !resultIds.has(id));
  const isComplete =
    open.length === resume.length && decided.size === open.length && open.every((id) => decided.has(id));
  if (!isComplete)
    throw new AppError(
      "approval_not_found",
      "resume: it does not answer the calls that are open, each once.",
    );
  return resume.map(({ interruptId: callId, status, payload }) => {
    if (status === "cancelled") return { callId, outcome: "refused" };
    const read = decisionPayload.safeParse(typeof payload === "boolean" ? { approved: payload } : payload);
    if (!read.success)
      throw new AppError(
        "bad_request",
        `resume: the payload for ${callId} is no {"approved": true or false}.`,
      );
    const { approved, reason } = read.data;
    return { callId, outcome: approved ? "approved" : "refused", ...(reason && { reason }) };
  });
}
