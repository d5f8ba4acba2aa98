/** `POST {base}/ai`: a message of the Vercel AI SDK's `useChat`, or its answers about calls that wait. The turn outlives the request. */
import { limitKey } from "../../../access/client.ts";
import { aiSdkPath } from "../../../config/paths.ts";
import { AppError } from "../../../errors.ts";
import {
  type AiSdkAnswers,
  type AiSdkQuestion,
  aiSdkRequest,
  decodeAiSdk,
} from "../../../protocols/ai-sdk/codec.ts";
import type { Followed } from "../../../sessions/follow-turn.ts";
import type { LiveSession } from "../../../sessions/live-session.ts";
import type { LiveSessions } from "../../../sessions/session-registry.ts";
import { aiSdkResponse } from "../../_http/ai-sdk.ts";
import { ownerOf } from "../../_http/client.ts";
import { readJson } from "../../_http/json-body.ts";
import type { Route } from "../../_http/types.ts";

export const aiSdk: Route = {
  path: aiSdkPath,
  methods: {
    async POST(request, visit) {
      const { app, sessions } = visit;
      const body = await readJson(request, aiSdkRequest);
      const said = decodeAiSdk(body);
      if (typeof said === "string") throw new AppError("bad_request", said);
      const { client, headers } = ownerOf(request, visit);
      await sessions.admit(limitKey(client));
      const session = await sessions.named(body.id, client, ["ai-sdk"]);
      const turn =
        said.type === "question"
          ? { followed: await ask(sessions, session, said, body.model) }
          : { followed: await answer(session, said), refused: refusedIn(said) };
      return aiSdkResponse(request, visit, { app, sessions, session, ...turn }, headers);
    },
  },
  enabled: ({ contracts }) => contracts.includes("ai-sdk"),
};

/** Whoever writes on instead of answering about calls that wait does not want them. */
async function ask(
  sessions: LiveSessions,
  session: LiveSession,
  { message, attachments }: AiSdkQuestion,
  model: string | undefined,
): Promise<Followed> {
  const stored = await session.read({ newest: 0 });
  if (stored && sessions.stateOf(stored.session) === "waiting") await session.stop();
  const asker = Symbol();
  const after = session.story.seq;
  session.ask({ message, attachments, model, canAsk: true, asker });
  return { after, asker };
}

/** The turn goes on with the last of them. */
async function answer(session: LiveSession, { answers }: AiSdkAnswers): Promise<Followed> {
  const turn = (await session.read({ newest: 0 }))?.session.turn;
  let after = session.story.seq;
  for (const { approvalId, callId, approved, reason } of answers) {
    after = session.story.seq;
    await session.approve({ approvalId, approved, callIds: [callId], forSession: false, reason });
  }
  return { after, ...(turn && { turnId: turn.id }) };
}

function refusedIn({ answers }: AiSdkAnswers): ReadonlySet<string> {
  return new Set(answers.flatMap(({ approved, callId }) => (approved ? [] : [callId])));
}
