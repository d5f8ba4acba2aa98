/** Handlers of the `chat.*` requests: create and list sessions, read a history, send a message. */
import type { ModelUsage } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { RetainedSessions } from "../../sessions/retained-sessions.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { costOfTurn } from "../../telemetry/cost.ts";
import { toDialogue } from "../shared/dialogue.ts";
import {
  type AcceptedMessage,
  acceptMessage,
  createChat,
  type DashboardUser,
  DEFAULT_CHAT_TITLE,
  failureText,
  findChat,
  streamReply,
} from "./chat.ts";
import { chatIdOf, encodeHistory, encodeSession, readText, toolContext, usageOf } from "./codec.ts";
import type { Reply, RequestHandler, RequestHandlers } from "./request-handler.ts";

/** Messages of one socket that may be in progress. */
const MAX_CONCURRENT_MESSAGES = 50;
/** Sessions of a list. */
const MAX_LISTED_SESSIONS = 100;
/** Messages of each listed session, the newest ones. */
const MAX_LISTED_MESSAGES = 200;
const MAX_TITLE_LENGTH = 200;

type ChatApp = Pick<App, "model" | "modelId" | "now" | "store">;

/** @param signal stops the turns that were started. */
export function createChatHandlers(
  app: ChatApp,
  sessions: SessionRegistry,
  user: DashboardUser,
  signal: AbortSignal,
): RequestHandlers {
  const retained = new RetainedSessions(sessions, signal);
  const cost = (spent: readonly ModelUsage[]) => costOfTurn(spent, app.model.cost);
  return {
    async "chat.create_session"({ fields }, reply) {
      const title = readText(fields, "title");
      await sessions.admit(user.client, false);
      const name = title?.trim() ? title.slice(0, MAX_TITLE_LENGTH) : DEFAULT_CHAT_TITLE;
      const session = retained.add(await createChat(app, sessions, user, name));
      const stored = await session.read({ newest: 0 });
      if (!stored) throw new Error("the new session is not stored");
      await reply({ type: "chat.session_created", data: encodeSession(stored.session, app.modelId) });
    },
    "chat.send_message": createMessageHandler(app, sessions, user, signal),
    async "chat.get_history"({ fields }, reply) {
      const session = await findChat(sessions, user, readText(fields, "sessionId"));
      if (session) retained.add(session);
      const stored = await session?.read();
      await reply({
        type: "chat.history_response",
        data: stored
          ? {
              messages: encodeHistory(chatIdOf(stored.session.id), toDialogue(stored.messages), cost),
              session: encodeSession(stored.session, app.modelId),
            }
          : { messages: [], session: null },
      });
    },
    async "chat.list_sessions"(_request, reply) {
      await reply({ type: "chat.sessions_listed", data: { sessions: await listSessions(app, user, cost) } });
    },
  };
}

/** Creates a handler that accepts messages one after the other, so that each sees the sessions of those before it. */
function createMessageHandler(
  app: ChatApp,
  sessions: SessionRegistry,
  user: DashboardUser,
  signal: AbortSignal,
): RequestHandler {
  const retained = new RetainedSessions(sessions, signal);
  let accepting: Promise<unknown> = Promise.resolve();
  let inFlight = 0;
  return async ({ fields }, reply) => {
    if (inFlight >= MAX_CONCURRENT_MESSAGES)
      throw new AppError("queue_full", `${MAX_CONCURRENT_MESSAGES} messages are being answered already.`);
    inFlight += 1;
    try {
      const accepted = accepting.then(() => acceptMessage(app, sessions, user, fields));
      accepting = accepted.catch(() => undefined);
      retained.add((await accepted).session);
      await sendReply(sessions, user, await accepted, fields.streaming === true, reply, signal);
    } finally {
      inFlight -= 1;
    }
  };
}

async function sendReply(
  sessions: SessionRegistry,
  user: DashboardUser,
  accepted: AcceptedMessage,
  streaming: boolean,
  reply: Reply,
  signal: AbortSignal,
): Promise<void> {
  const { chatId: sessionId } = accepted;
  for await (const event of streamReply(sessions, user, accepted, signal)) {
    if (event.type === "text") {
      if (streaming) await reply({ type: "chat.message_stream", data: { sessionId, content: event.text } });
      continue;
    }
    const { end, messageId } = event;
    if (end.outcome === "failed") {
      await reply({ type: "error", error: failureText(end.error, streaming) });
      continue;
    }
    const usage = usageOf([end.usage]);
    if (streaming) {
      await reply({ type: "chat.message_complete", data: { sessionId, messageId, usage } });
      continue;
    }
    const message = {
      messageId,
      content: end.text,
      role: "assistant",
      timestamp: end.endedAt,
      context: toolContext(end.calls, end.results),
      usage,
    };
    await reply({ type: "chat.message_response", data: { sessionId, message } });
  }
}

/** Lists the user's sessions, for an anonymous user those of this socket. */
async function listSessions(
  { store, modelId }: ChatApp,
  { owner }: DashboardUser,
  cost: (spent: readonly ModelUsage[]) => number | null,
): Promise<readonly object[]> {
  const listed = await store.list(owner.caller.id, { limit: MAX_LISTED_SESSIONS });
  const read = await Promise.all(listed.map(({ id }) => store.read(id, { newest: MAX_LISTED_MESSAGES })));
  return read.flatMap((stored) => {
    if (!stored) return [];
    const { session } = stored;
    const messages = encodeHistory(chatIdOf(session.id), toDialogue(stored.messages), cost);
    const { createdAt, updatedAt } = session;
    return [{ ...encodeSession(session, modelId), messages, createdAt, updatedAt }];
  });
}
