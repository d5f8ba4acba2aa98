/** The sessions and turns of the dashboard protocol, for its WebSocket and its HTTP endpoint. */
import { randomInt } from "node:crypto";
import { type Client, scopeClient } from "../../access/client.ts";
import type { TurnEnd } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError, describeDoneCalls, withoutAccount } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import { readAwsError } from "../../model/agent/index.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { streamTurn } from "../../sessions/stream-turn.ts";
import { newSession } from "../../turns/new-session.ts";
import { CHAT_NUMBER_LIMIT, chatIdOf, messageIdOf, newChatId, readText, sessionIdOf } from "./codec.ts";

/** Characters of an id that an error repeats. */
const MAX_QUOTED = 100;

export const DEFAULT_CHAT_TITLE = "New Chat";

/** The user behind a request: the client as it connected, and the client scoped to this protocol and `userId`, which owns the sessions. */
export interface DashboardUser {
  readonly client: Client;
  readonly owner: Client;
}

export function createDashboardUser(client: Client, url: URL): DashboardUser {
  const user = url.searchParams.get("userId") || undefined;
  return { client, owner: scopeClient(client, "dashboard", user) };
}

export async function createChat(
  { store, now }: Pick<App, "store" | "now">,
  sessions: SessionRegistry,
  { owner }: DashboardUser,
  title = DEFAULT_CHAT_TITLE,
): Promise<LiveSession> {
  const at = now();
  const id = sessionIdOf(newChatId(at.getTime(), randomInt(CHAT_NUMBER_LIMIT)));
  const session = sessions.create(owner.caller, owner.credentials, id);
  await store.create({ ...newSession(session.id, owner.caller, at), title });
  return session;
}

/** Returns undefined when there is no such chat, or it belongs to another user. */
export async function findChat(
  sessions: SessionRegistry,
  { owner }: DashboardUser,
  chatId: string | undefined,
): Promise<LiveSession | undefined> {
  const id = sessionIdOf(chatId);
  if (id === undefined) return undefined;
  try {
    const session = await sessions.find(id, owner.caller);
    session.credentials.updateForwarded(owner.credentials);
    return session;
  } catch (error) {
    if (error instanceof AppError && error.code === "session_not_found") return undefined;
    throw error;
  }
}

export interface AcceptedMessage {
  readonly session: LiveSession;
  readonly chatId: string;
  readonly message: string;
}

/** Checks a message and finds its session, or creates one. @throws AppError whose message is for the client. */
export async function acceptMessage(
  app: Pick<App, "store" | "now">,
  sessions: SessionRegistry,
  user: DashboardUser,
  fields: JsonObject,
): Promise<AcceptedMessage> {
  const { message } = fields;
  if (typeof message !== "string" || message.trim() === "")
    throw new AppError("bad_request", "Message is required");
  const sessionId = readText(fields, "sessionId");
  await sessions.admit(user.client);
  const session =
    sessionId === undefined
      ? await createChat(app, sessions, user)
      : await findChat(sessions, user, sessionId);
  if (!session)
    throw new AppError("session_not_found", `Chat session not found: ${sessionId?.slice(0, MAX_QUOTED)}`);
  return { session, chatId: chatIdOf(session.id), message };
}

export type ReplyEvent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "end"; readonly end: TurnEnd; readonly messageId: string };

/** Yields the texts of the reply, then its end. Aborting `signal` or leaving the loop stops the turn; its text so far is stored. */
export async function* streamReply(
  sessions: SessionRegistry,
  { client: { spender }, owner: { caller } }: DashboardUser,
  { session, message }: AcceptedMessage,
  signal: AbortSignal,
): AsyncGenerator<ReplyEvent, void> {
  let messageId = "";
  for await (const { event } of streamTurn(sessions, session, { caller, message, spender }, signal)) {
    if (event.type === "turn_started") messageId = messageIdOf(event.question, "assistant");
    else if (event.type === "text_delta") yield { type: "text", text: event.text };
    else if (event.type === "turn_ended") yield { type: "end", end: event.end, messageId };
  }
}

/** Returns the error text for the client, with the message of AWS when there is one. */
export function failureText(error: AppError, streaming: boolean): string {
  const kind = streaming ? "streaming response" : "response";
  const aws = readAwsError(error);
  const message = aws ? `${withoutAccount(aws.message)}${describeDoneCalls(error)}` : error.message;
  return `Failed to generate ${kind} from Bedrock: ${message}`;
}
