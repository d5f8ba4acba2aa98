/** One question of contract 002, as its events: over a session that the client names or gets. */
import { randomUUID } from "node:crypto";
import { type Client, dividedBy } from "../../access/client.ts";
import type { TurnEnd } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { LiveSessions } from "../../sessions/session-registry.ts";
import { askOnce } from "../../sessions/stream-turn.ts";
import type { StoredSession } from "../../store/types.ts";
import { costOfTurn } from "../../telemetry/cost.ts";
import { newSession } from "../../turns/new-session.ts";
import type { Question } from "../../turns/turn-request.ts";
import type { Asked, AskedApprovals } from "./approval-requests.ts";
import {
  type ChatRequest,
  encodeAnswer,
  encodeApproval,
  encodeEvent,
  encodeMemory,
  encodeStart,
  type MemoryMetadata,
  messageCount,
  type ServerEvent,
  type SessionLabel,
  serviceUnavailable,
  writeLabel,
} from "./codec.ts";

/** Messages that are read of a session to tell how many there are: what stands before them counts one by one. */
export const NEWEST = 200;

const DIALECT = "langchain";

/** `user`: X-User-ID. */
export function langchainClient(client: Client, user: string | null): Client {
  return dividedBy(client, DIALECT, user ?? undefined);
}

export interface NamedSession {
  readonly session: LiveSession;
  readonly name: string;
}

/** Made when there is none. @throws AppError `session_not_found`: it is the id of somebody else's. */
export async function openNamed(
  app: App,
  sessions: LiveSessions,
  client: Client,
  given: SessionLabel,
): Promise<NamedSession> {
  const name = given.name ?? randomUUID();
  const session = await sessions.named(name, client, [DIALECT]);
  const label = writeLabel({ ...given, name: name === session.id ? undefined : name });
  await app.store.create({ ...newSession(session.id, session.owner, app.now()), label });
  return { session, name };
}

/** @throws AppError `session_not_found` */
export async function readNamed(
  sessions: LiveSessions,
  client: Client,
  name: string,
): Promise<{ readonly session: LiveSession; readonly stored: StoredSession } | undefined> {
  const session = await sessions.named(name, client, [DIALECT]);
  const stored = await session.read();
  return stored && { session, stored };
}

export interface Chat extends NamedSession {
  readonly app: App;
  readonly sessions: LiveSessions;
  readonly approvals: AskedApprovals;
  readonly asked: ChatRequest;
  readonly question: Question;
}

/** What came of it, beside the events. */
export interface ChatEnd {
  readonly end: TurnEnd;
  readonly message: ReturnType<typeof encodeAnswer> | undefined;
  readonly conversationLength: number;
  readonly memory: MemoryMetadata | null;
  readonly createdAt: string;
}

/**
 * `start`, what happens, and `done` or `error`. While a person is asked for approval it waits. Aborting `signal`, or leaving the
 * loop, stops the turn.
 */
export async function* langchainChat(
  { app, sessions, approvals, asked, question, session, name }: Chat,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent, ChatEnd | undefined> {
  const { approvalTimeout } = app.config;
  const memory = async (added: number) => {
    const stored = await session.read({ newest: NEWEST });
    return { stored, memory: asked.enable_memory === false ? null : encodeMemory(stored, added) };
  };
  yield encodeStart({
    sessionId: name,
    model: question.model ?? app.modelId,
    memory: (await memory(1)).memory,
    toolCount: app.apis.current.custom.length,
  });
  const requested: Asked[] = [];
  try {
    for await (const { event } of askOnce(sessions, session, question, signal, { waits: true })) {
      if (event.type === "turn_waiting") {
        const requests = approvals.ask(event.turn, session, name, approvalTimeout);
        requested.push(...requests);
        for (const one of requests) yield { event: "approval_request", data: encodeApproval(one) };
      }
      if (event.type !== "turn_ended") {
        yield* encodeEvent(event);
        continue;
      }
      const { end } = event;
      const after = await memory(0);
      const common = {
        end,
        conversationLength: messageCount(after.stored),
        memory: after.memory,
        createdAt: after.stored?.session.createdAt ?? end.endedAt,
      };
      if (end.outcome === "failed") {
        yield { event: "error", data: { error: await failureText(app, end.error.code, end.error.message) } };
        return { ...common, message: undefined };
      }
      const message = encodeAnswer(end, (spent) => costOfTurn(spent, app.model.cost));
      const { conversationLength } = common;
      yield {
        event: "done",
        data: {
          session_id: name,
          conversation_length: conversationLength,
          message,
          memory_metadata: common.memory,
        },
      };
      return { ...common, message };
    }
  } finally {
    // Also where the client has left, and the turn is stopped.
    approvals.close(requested);
  }
  return undefined;
}

/** Where nothing but the operator helps, the person is told what they have to do. */
async function failureText(app: App, code: string, message: string): Promise<string> {
  const problem = code === "access_denied" ? await unavailable(app) : undefined;
  return problem?.message ?? message;
}

/** Undefined: the model can be asked. */
export async function unavailable({ model }: Pick<App, "model">) {
  const health = await model.health();
  return health.status === "ready" ? undefined : serviceUnavailable(health.problem, health.advice);
}
