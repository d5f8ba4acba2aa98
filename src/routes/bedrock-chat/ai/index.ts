/** `POST {base}/ai`: a message of the AI SDK's `useChat`, or decisions on pending calls. The turn outlives the request. */
import type { Client } from "../../../access/client.ts";
import type { Message, MessageId, OpenTurn } from "../../../chat/types.ts";
import { aiSdkPath } from "../../../config/paths.ts";
import type { App } from "../../../context.ts";
import { AppError } from "../../../errors.ts";
import { findHistoryPosition } from "../../../protocols/ai-sdk/history-position.ts";
import {
  type AiSdkDecisions,
  type AiSdkRequest,
  type AiSdkUserMessage,
  aiSdkRequest,
  decodeAiSdk,
} from "../../../protocols/ai-sdk/requests.ts";
import { assertUnanswered } from "../../../sessions/answered-messages.ts";
import type { LiveSession } from "../../../sessions/live-session.ts";
import type { TurnCursor } from "../../../sessions/stream-turn.ts";
import { decodeFiles } from "../../../turns/decode-file.ts";
import { isReadOnlyTool } from "../../../turns/turn-tools.ts";
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
      // A turn that waits was admitted: it ends even when the budget is spent.
      await sessions.admit(client, input.type === "message");
      const { session, stored } = await sessions.readNamed(body.id, client, ["ai-sdk"], { newest: 0 });
      const open = stored?.session.turn;
      const turn =
        input.type === "message"
          ? { cursor: await submitMessage(app, client, session, open, input, body) }
          : {
              cursor: await submitDecisions(client, session, open, input),
              refusedCallIds: refusedCallIds(input),
            };
      return aiSdkResponse(request, context, { app, sessions, session, ...turn }, headers);
    },
  },
  maxBodySize: maxHistoryBytes,
  enabled: ({ contracts }) => contracts.includes("ai-sdk"),
  endpoint: { name: "ai-sdk", method: "POST" },
};

/** A new message stops a turn that waits for approval: the person went on without deciding. A repeated one joins its turn. */
async function submitMessage(
  app: App,
  { caller, spender }: Client,
  session: LiveSession,
  open: OpenTurn | undefined,
  { id: clientId, key, isRegeneration, message, files }: AiSdkUserMessage,
  body: AiSdkRequest,
): Promise<TurnCursor> {
  const repeated = key === undefined ? undefined : await session.takenRequests.findAnywhere(key, message);
  if (repeated) return repeated;
  const attachments = await decodeFiles(files);
  const hasHistory = body.messages.length > 1 || isReplacement(body);
  const history = (await session.read(hasHistory ? {} : { newest: MAX_CHECKED_MESSAGES }))?.messages ?? [];
  const { current } = app.apis;
  const asked = { clientId, isRegeneration, message };
  assertUnanswered(history, asked, (name) => isReadOnlyTool(current, name));
  if (open?.status === "waiting") await session.stop();
  // The client has left the running turn, as `stop()` of useChat does.
  else if (open || session.isRunning) await session.stopAbandoned();
  const replaces = hasHistory ? findReplaced(history, body) : undefined;
  const requestId = Symbol();
  const after = session.eventLog.seq;
  const options = { attachments, model: body.model, canApprove: true, requestId, replaces };
  const request = { ...asked, ...options, caller, spender };
  if (key !== undefined) {
    const taken = session.submitOnce(key, request);
    return { after: taken.after, requestId: taken.requestId };
  }
  session.submit(request);
  return { after, requestId };
}

/** Messages of the history in which a repeated message is looked for, when the client sends that message alone. */
const MAX_CHECKED_MESSAGES = 50;

function isReplacement({ trigger, messageId }: AiSdkRequest): boolean {
  return trigger === "regenerate-message" || Boolean(messageId);
}

/** Returns the stored user message that the client edited, regenerated or removed, with everything after it. */
function findReplaced(history: readonly Message[], body: AiSdkRequest): MessageId | undefined {
  const questions = history.filter((message) => message.role === "user");
  const position = findHistoryPosition(body, questions);
  return position === undefined ? undefined : questions[position]?.id;
}

/** Applies the decisions in order. The turn goes on with the last one. */
async function submitDecisions(
  { caller }: Client,
  session: LiveSession,
  open: OpenTurn | undefined,
  { decisions }: AiSdkDecisions,
): Promise<TurnCursor> {
  let after = session.eventLog.seq;
  for (const { approvalId, callId, approved, reason } of decisions) {
    after = session.eventLog.seq;
    await session.decideApproval({
      caller,
      approvalId,
      approved,
      callIds: [callId],
      forSession: false,
      reason,
    });
  }
  return { after, ...(open && { turnId: open.id }) };
}

function refusedCallIds({ decisions }: AiSdkDecisions): ReadonlySet<string> {
  return new Set(decisions.flatMap(({ approved, callId }) => (approved ? [] : [callId])));
}
