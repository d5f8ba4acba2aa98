/** One question of contract 002, as its events: over a session that the client names or gets. */
import { randomUUID } from "node:crypto";
import { type Client, scopeClient } from "../../access/client.ts";
import type { TurnEnd } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { streamTurn } from "../../sessions/stream-turn.ts";
import type { StoredSession } from "../../store/types.ts";
import { costOfTurn } from "../../telemetry/cost.ts";
import { newSession } from "../../turns/new-session.ts";
import type { TurnRequest } from "../../turns/turn-request.ts";
import type { ApprovalRequest, ApprovalRequests } from "./approval-requests.ts";
import {
  type ChatRequest,
  encodeApproval,
  encodeEvent,
  encodeMemory,
  encodeReply,
  encodeStart,
  type MemoryMetadata,
  messageCount,
  type ServerEvent,
  type SessionLabel,
  serviceUnavailable,
  writeLabel,
} from "./codec.ts";

/** Messages that are read of a session to tell how many there are: what stands before them counts one by one. */
export const MAX_MESSAGES_READ = 200;

const PROTOCOL = "langchain";

/** `user`: X-User-ID. */
export function scopeLangchainClient(client: Client, user: string | null): Client {
  return scopeClient(client, PROTOCOL, user ?? undefined);
}

export interface NamedSession {
  readonly session: LiveSession;
  readonly name: string;
}

/** Made when there is none. @throws AppError `session_not_found`: it is the id of somebody else's. */
export async function openNamedSession(
  app: App,
  sessions: SessionRegistry,
  client: Client,
  labelInput: SessionLabel,
): Promise<NamedSession> {
  const name = labelInput.name ?? randomUUID();
  const session = await sessions.openNamed(name, client, [PROTOCOL]);
  const label = writeLabel({ ...labelInput, name: name === session.id ? undefined : name });
  await app.store.create({ ...newSession(session.id, session.owner, app.now()), label });
  return { session, name };
}

/** @throws AppError `session_not_found` */
export async function readNamedSession(
  sessions: SessionRegistry,
  client: Client,
  name: string,
): Promise<{ readonly session: LiveSession; readonly stored: StoredSession } | undefined> {
  const session = await sessions.openNamed(name, client, [PROTOCOL]);
  const stored = await session.read();
  return stored && { session, stored };
}

export interface LangchainChat extends NamedSession {
  readonly app: App;
  readonly sessions: SessionRegistry;
  readonly approvals: ApprovalRequests;
  readonly request: ChatRequest;
  readonly turnRequest: TurnRequest;
}

/** What came of it, beside the events. */
export interface ChatEnd {
  readonly end: TurnEnd;
  readonly message: ReturnType<typeof encodeReply> | undefined;
  readonly conversationLength: number;
  readonly memory: MemoryMetadata | null;
  readonly createdAt: string;
}

/**
 * `start`, what happens, and `done` or `error`. While a person is asked for approval it waits. Aborting `signal`, or leaving the
 * loop, stops the turn.
 */
export async function* streamLangchainChat(
  { app, sessions, approvals, request, turnRequest, session, name }: LangchainChat,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent, ChatEnd | undefined> {
  const { approvalTimeout } = app.config;
  const memory = async (added: number) => {
    const stored = await session.read({ newest: MAX_MESSAGES_READ });
    return { stored, memory: request.enable_memory === false ? null : encodeMemory(stored, added) };
  };
  yield encodeStart({
    sessionId: name,
    model: turnRequest.model ?? app.modelId,
    memory: (await memory(1)).memory,
    toolCount: app.apis.current.custom.length,
  });
  const openRequests: ApprovalRequest[] = [];
  try {
    for await (const { event } of streamTurn(sessions, session, turnRequest, signal, {
      waitForApproval: true,
    })) {
      if (event.type === "turn_waiting") {
        const requests = approvals.open(event.turn, session, name, approvalTimeout);
        openRequests.push(...requests);
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
      const message = encodeReply(end, (spent) => costOfTurn(spent, app.model.cost));
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
    approvals.expire(openRequests);
  }
  return undefined;
}

/** Where nothing but the operator helps, the person is told what they have to do. */
async function failureText(app: App, code: string, message: string): Promise<string> {
  const problem = code === "access_denied" ? await describeUnavailability(app) : undefined;
  return problem?.message ?? message;
}

/** Undefined: the model can be asked. */
export async function describeUnavailability({ model }: Pick<App, "model">) {
  const health = await model.health();
  return health.status === "ready" ? undefined : serviceUnavailable(health.problem, health.advice);
}
