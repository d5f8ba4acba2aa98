/** Streams one turn of the langchain protocol. */
import type { TurnEnd } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { type AppError, describeDoneCalls } from "../../errors.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { streamTurn } from "../../sessions/stream-turn.ts";
import type { StoredSession } from "../../store/types.ts";
import { costOfTurn } from "../../telemetry/cost.ts";
import type { TurnRequest } from "../../turns/turn-request.ts";
import type { ApprovalRequest, ApprovalRequests } from "./approval-requests.ts";
import { serviceUnavailable } from "./error-bodies.ts";
import { encodeApproval, encodeEvent, encodeReply, encodeStart, type ServerEvent } from "./event-codec.ts";
import type { ChatRequest } from "./requests.ts";
import { encodeMemory, type MemoryMetadata, messageCount } from "./session-codec.ts";
import { MAX_MESSAGES_READ, type NamedSession } from "./sessions.ts";

export interface LangchainChat extends NamedSession {
  readonly app: Pick<App, "apis" | "config" | "model" | "modelId">;
  readonly sessions: SessionRegistry;
  readonly approvals: ApprovalRequests;
  readonly request: ChatRequest;
  readonly turnRequest: TurnRequest;
}

/** The result of a chat, for the non-streaming endpoint. `message` is undefined when the turn failed. */
export interface ChatEnd {
  readonly end: TurnEnd;
  readonly message: ReturnType<typeof encodeReply> | undefined;
  readonly conversationLength: number;
  readonly memory: MemoryMetadata | null;
  readonly createdAt: string;
}

/**
 * Yields `start`, the events of the turn, and `done` or `error`. The stream stays open while a call waits for approval. Aborting
 * `signal` or leaving the loop stops the turn.
 */
export async function* streamLangchainChat(
  chat: LangchainChat,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent, ChatEnd | undefined> {
  const { app, sessions, approvals, turnRequest, session, name, stored } = chat;
  yield encodeStart({
    sessionId: name,
    model: turnRequest.model ?? app.modelId,
    memory: memoryOf(chat, stored, 1),
    toolCount: app.apis.current.custom.length,
  });
  const openRequests: ApprovalRequest[] = [];
  try {
    for await (const { event } of streamTurn(sessions, session, turnRequest, signal, {
      waitForApproval: true,
    })) {
      if (event.type === "turn_waiting") {
        const requests = approvals.open(event.turn, session, name, app.config.approvalTimeout);
        openRequests.push(...requests);
        for (const request of requests) yield { event: "approval_request", data: encodeApproval(request) };
      }
      if (event.type !== "turn_ended") {
        yield* encodeEvent(event);
        continue;
      }
      const ended = await readEnd(chat, event.end);
      yield await encodeEnd(chat, ended);
      return ended;
    }
  } finally {
    // This also runs when the client has disconnected and the turn is stopped.
    approvals.expire(openRequests);
  }
  return undefined;
}

async function readEnd(chat: LangchainChat, end: TurnEnd): Promise<ChatEnd> {
  const { app, session } = chat;
  const stored = await session.read({ newest: MAX_MESSAGES_READ });
  return {
    end,
    message:
      end.outcome === "failed" ? undefined : encodeReply(end, (spent) => costOfTurn(spent, app.model.cost)),
    conversationLength: messageCount(stored),
    memory: memoryOf(chat, stored, 0),
    createdAt: stored?.session.createdAt ?? end.endedAt,
  };
}

async function encodeEnd(
  { app, name }: LangchainChat,
  { end, message, conversationLength, memory }: ChatEnd,
): Promise<ServerEvent> {
  if (end.outcome === "failed") return { event: "error", data: { error: await failureText(app, end.error) } };
  return {
    event: "done",
    data: { session_id: name, conversation_length: conversationLength, message, memory_metadata: memory },
  };
}

function memoryOf(
  { request }: LangchainChat,
  stored: StoredSession | undefined,
  pendingMessages: number,
): MemoryMetadata | null {
  return request.enable_memory === false ? null : encodeMemory(stored, pendingMessages);
}

/** Returns the error message, or the advice for the operator when the account may not use the model. */
async function failureText(app: Pick<App, "model">, error: AppError): Promise<string> {
  const unavailability = error.code === "access_denied" ? await describeUnavailability(app) : undefined;
  return unavailability ? `${unavailability.message}${describeDoneCalls(error)}` : error.message;
}

/** Returns undefined when the model can be called. */
export async function describeUnavailability({ model }: Pick<App, "model">) {
  const health = await model.health();
  return health.status === "ready" ? undefined : serviceUnavailable(health.problem, health.advice);
}
