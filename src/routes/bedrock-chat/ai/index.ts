/** `POST {base}/ai`: a message of the Vercel AI SDK's `useChat`, or its answers about calls that wait. The turn outlives the request. */
import { rateLimitKey } from "../../../access/client.ts";
import { aiSdkPath } from "../../../config/paths.ts";
import { AppError } from "../../../errors.ts";
import {
  type AiSdkDecisions,
  type AiSdkUserMessage,
  aiSdkRequest,
  decodeAiSdk,
<<<<<<< HEAD
} from "../../../protocols/ai-sdk/codec.ts";
=======
} from "../../../protocols/ai-sdk/requests.ts";
import type { TurnCursor } from "../../../sessions/follow-turn.ts";
>>>>>>> main
import type { LiveSession } from "../../../sessions/live-session.ts";
import type { SessionRegistry } from "../../../sessions/session-registry.ts";
import type { TurnCursor } from "../../../sessions/stream-turn.ts";
import { aiSdkResponse } from "../../_http/ai-sdk.ts";
import { clientWithCookie } from "../../_http/client.ts";
import { readJson } from "../../_http/json-body.ts";
import type { Route } from "../../_http/types.ts";

export const aiSdk: Route = {
  path: aiSdkPath,
  methods: {
    async POST(request, context) {
      const { app, sessions } = context;
      const body = await readJson(request, aiSdkRequest);
      const input = decodeAiSdk(body);
      if (typeof input === "string") throw new AppError("bad_request", input);
      const { client, headers } = clientWithCookie(request, context);
      await sessions.admit(rateLimitKey(client));
      const session = await sessions.openNamed(body.id, client, ["ai-sdk"]);
      const turn =
        input.type === "question"
          ? { cursor: await submitMessage(sessions, session, input, body.model) }
          : { cursor: await submitDecisions(session, input), refusedCallIds: refusedCallIds(input) };
      return aiSdkResponse(request, context, { app, sessions, session, ...turn }, headers);
    },
  },
  enabled: ({ contracts }) => contracts.includes("ai-sdk"),
  endpoint: { name: "ai-sdk", method: "POST" },
};

/** Whoever writes on instead of answering about calls that wait does not want them. */
async function submitMessage(
  sessions: SessionRegistry,
  session: LiveSession,
  { message, attachments }: AiSdkUserMessage,
  model: string | undefined,
): Promise<TurnCursor> {
  const stored = await session.read({ newest: 0 });
  if (stored && sessions.stateOf(stored.session) === "waiting") await session.stop();
  const requestId = Symbol();
  const after = session.eventLog.seq;
  session.submit({ message, attachments, model, canApprove: true, requestId });
  return { after, requestId };
}

/** The turn goes on with the last of them. */
async function submitDecisions(session: LiveSession, { decisions }: AiSdkDecisions): Promise<TurnCursor> {
  const turn = (await session.read({ newest: 0 }))?.session.turn;
  let after = session.eventLog.seq;
  for (const { approvalId, callId, approved, reason } of decisions) {
    after = session.eventLog.seq;
    await session.decideApproval({ approvalId, approved, callIds: [callId], forSession: false, reason });
  }
  return { after, ...(turn && { turnId: turn.id }) };
}

function refusedCallIds({ decisions }: AiSdkDecisions): ReadonlySet<string> {
  return new Set(decisions.flatMap(({ approved, callId }) => (approved ? [] : [callId])));
}
