/** `POST {base}/ai`: a message of the AI SDK's `useChat`, or decisions on pending calls. The turn outlives the request. */
import type { OpenTurn } from "../../../chat/types.ts";
import { aiSdkPath } from "../../../config/paths.ts";
import { AppError } from "../../../errors.ts";
import { findHistoryPosition } from "../../../protocols/ai-sdk/history-position.ts";
import {
  type AiSdkDecisions,
  type AiSdkRequest,
  type AiSdkUserMessage,
  aiSdkRequest,
  decodeAiSdk,
} from "../../../protocols/ai-sdk/requests.ts";
import type { LiveSession } from "../../../sessions/live-session.ts";
import type { TurnCursor } from "../../../sessions/stream-turn.ts";
import { aiSdkResponse } from "../../_http/ai-sdk.ts";
import { clientWithCookie } from "../../_http/client.ts";
import { readJson } from "../../_http/json-body.ts";
import { maxHistoryBytes } from "../../_http/request-body.ts";
import type { Route } from "../../_http/types.ts";

export const aiSdk: Route = {
  path: aiSdkPath,
  methods: {
    async POST(request, context) {
      const { app, sessions } = context;
      const body = readJson(context, aiSdkRequest);
      const input = decodeAiSdk(body);
      if (typeof input === "string") throw new AppError("bad_request", input);
      const { client, headers } = clientWithCookie(request, context);
      await sessions.admit(client);
      const { session, stored } = await sessions.readNamed(body.id, client, ["ai-sdk"], { newest: 0 });
      const open = stored?.session.turn;
      const turn =
        input.type === "message"
          ? { cursor: await submitMessage(session, open, input, body) }
          : { cursor: await submitDecisions(session, open, input), refusedCallIds: refusedCallIds(input) };
      return aiSdkResponse(request, context, { app, sessions, session, ...turn }, headers);
    },
  },
  maxBodySize: maxHistoryBytes,
  enabled: ({ contracts }) => contracts.includes("ai-sdk"),
  endpoint: { name: "ai-sdk", method: "POST" },
};

/** A new message stops a turn that waits for approval: the person went on without deciding. A repeated one joins its turn. */
async function submitMessage(
  session: LiveSession,
  open: OpenTurn | undefined,
  { id, message, attachments }: AiSdkUserMessage,
  body: AiSdkRequest,
): Promise<TurnCursor> {
  const repeated = id === undefined ? undefined : session.takenRequests.find(id, message);
  if (repeated) return { after: repeated.after, requestId: repeated.requestId };
  if (open?.status === "waiting") await session.stop();
  // The client has left the running turn, as `stop()` of useChat does.
  if (session.isRunning && !session.eventLog.hasSubscribers) await session.stop();
  await alignHistory(session, body);
  const requestId = Symbol();
  const after = session.eventLog.seq;
  const request = { message, attachments, model: body.model, canApprove: true, requestId };
  if (id !== undefined) {
    const taken = session.submitOnce(id, request);
    return { after: taken.after, requestId: taken.requestId };
  }
  session.submit(request);
  return { after, requestId };
}

/** Cuts the stored history where the client edited, regenerated or removed messages. */
async function alignHistory(session: LiveSession, body: AiSdkRequest): Promise<void> {
  if (body.messages.length === 1 && body.trigger !== "regenerate-message" && !body.messageId) return;
  const messages = await session.readMessages();
  const stored = messages.flatMap((message) => (message.role === "user" ? [message.text] : []));
  const position = findHistoryPosition(body, stored);
  if (position !== undefined && position < stored.length) await session.cutHistory(position);
}

/** Applies the decisions in order. The turn goes on with the last one. */
async function submitDecisions(
  session: LiveSession,
  open: OpenTurn | undefined,
  { decisions }: AiSdkDecisions,
): Promise<TurnCursor> {
  let after = session.eventLog.seq;
  for (const { approvalId, callId, approved, reason } of decisions) {
    after = session.eventLog.seq;
    await session.decideApproval({ approvalId, approved, callIds: [callId], forSession: false, reason });
  }
  return { after, ...(open && { turnId: open.id }) };
}

function refusedCallIds({ decisions }: AiSdkDecisions): ReadonlySet<string> {
  return new Set(decisions.flatMap(({ approved, callId }) => (approved ? [] : [callId])));
}
