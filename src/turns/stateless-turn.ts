/** One turn over a history that its client keeps: the model sees what was sent, and nothing of it is stored. */
import { randomUUID } from "node:crypto";
import type { Client } from "../access/client.ts";
import { findTurnStart } from "../chat/messages.ts";
import { TokenRatios } from "../chat/tokens.ts";
import type { ApprovalId, Message, MessageId, SessionId, ToolResult, TurnId } from "../chat/types.ts";
import { NO_USAGE } from "../chat/usage.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import { EventLog, type LoggedEvent } from "../events/event-log.ts";
import { EventQueue } from "../events/event-queue.ts";
import { createMemoryStore } from "../store/memory.ts";
import { SessionAttachments } from "./attachments.ts";
import { SessionCredentials } from "./credentials.ts";
import { MessageCache } from "./message-cache.ts";
import { newSession } from "./new-session.ts";
import { runTurn, type TurnStart } from "./run-turn.ts";
import type { ClientMessage, StatelessRequest } from "./stateless-request.ts";
import { validateTurnRequest } from "./turn-request.ts";

/** Turns of no session: a server that stops waits for them too. */
export interface OutlivingTurns {
  /** `running` does not reject. `stop` ends it. */
  trackTurn(running: Promise<unknown>, stop: () => void): void;
}

/**
 * Begins the turn, and resolves to what is told of it, until it has ended: where it would wait for somebody, `turn_waiting` and
 * then its end. Aborting `signal`, or leaving the loop, stops it.
 * @param canApprove whether the client can be asked for approval.
 * @throws AppError `bad_request` or `message_too_long`
 */
export async function runStatelessTurn(
  app: App,
  sessions: OutlivingTurns,
  client: Client,
  request: StatelessRequest,
  canApprove: boolean,
  signal: AbortSignal,
): Promise<AsyncIterable<LoggedEvent>> {
  const id = randomUUID() as SessionId;
  const owner = client.caller.id;
  // Under a name of their own: they go with the turn, and what it has for the person to fetch stays.
  const attachmentSession = randomUUID() as SessionId;
  const attachments = new SessionAttachments(app.files, { owner, session: attachmentSession });
  const { history, start } = prepareTurn(request, canApprove, app, attachments);
  const session = { ...newSession(id, owner, app.now()), title: SESSION_TITLE };
  const now = () => app.now().getTime();
  const store = createMemoryStore({ maxSessions: 1, sessionTimeoutMs: Number.POSITIVE_INFINITY, now });
  await store.create(session);
  const lease = await store.acquire(id, id, Number.POSITIVE_INFINITY);
  if (!lease) throw new Error("nobody else can have it");

  const eventLog = new EventLog(id);
  const queue = new EventQueue(
    () => true,
    ({ type }) => type === "turn_ended",
  );
  eventLog.subscribe(queue);
  const abort = new AbortController();
  const stop = () => abort.abort();
  const context = {
    app: { ...app, store, config: { ...app.config, ...overrideLimits(request, app) } },
    eventLog,
    credentials: new SessionCredentials(client.credentials),
    attachments,
    ratios: new TokenRatios(),
    lease,
    stored: { session, messages: history, skipped: 0 },
    messageCache: new MessageCache(store, id, 0),
    suspend() {},
    clientOverrides: request,
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const running = runTurn(context, start, abort.signal).finally(async () => {
    signal.removeEventListener("abort", stop);
    app.files.deleteSession(attachmentSession);
    await app.results.deleteSession(id);
  });
  sessions.trackTurn(running, stop);
  return streamUntilLeft(queue, stop);
}

async function* streamUntilLeft(queue: EventQueue, stop: () => void): AsyncGenerator<LoggedEvent, void> {
  try {
    yield* queue;
  } finally {
    if (!queue.isOver) stop();
  }
}

/** There is nobody to list it for. */
const SESSION_TITLE = "given";

/** What the settings allow at most, and none where the client runs the tools: their loop is its own. */
function overrideLimits(
  { temperature, topP, maxTokens, tools }: StatelessRequest,
  { config }: App,
): Partial<App["config"]> {
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(maxTokens !== undefined && { maxTokens: Math.min(maxTokens, config.maxTokens) }),
    ...(tools && { maxToolCalls: Number.MAX_SAFE_INTEGER, maxToolCallRounds: Number.MAX_SAFE_INTEGER }),
  };
}

/** @throws AppError `bad_request` or `message_too_long` */
function prepareTurn(
  request: StatelessRequest,
  canApprove: boolean,
  app: App,
  attachments: SessionAttachments,
): { readonly history: readonly Message[]; readonly start: TurnStart } {
  const { messages, model, decisions = [] } = request;
  const last = messages.at(-1);
  if (!last) throw new AppError("bad_request", "messages: at least one is needed.");
  if (last.role === "user") {
    const turnRequest = { message: last.text, model, attachments: last.files, canApprove };
    validateTurnRequest(turnRequest, app, 0);
    return {
      history: toMessages(messages.slice(0, -1), model ?? app.modelId, app, attachments),
      start: { request: turnRequest },
    };
  }
  validateTurnRequest({ message: "", model }, app, 0);
  if (decisions.length > app.config.maxToolCalls)
    throw new AppError("bad_request", `At most ${app.config.maxToolCalls} calls are carried out at once.`);
  const all = toMessages(messages, model ?? app.modelId, app, attachments);
  const results = all.at(-1);
  const knownResults = results?.role === "results" ? results.results : [];
  const before = results?.role === "results" ? all.slice(0, -1) : all;
  const assistantMessage = before.at(-1);
  const hasCalls =
    assistantMessage?.role === "assistant" && assistantMessage.parts.some(({ type }) => type === "call");
  // What the model said is to go on.
  if (!hasCalls) return { history: all, start: { request: { message: "Continue.", model, canApprove } } };
  const turnStart = findTurnStart(before);
  const waiting = {
    status: "waiting",
    id: randomUUID() as TurnId,
    approval: { id: randomUUID() as ApprovalId, calls: [], expiresAt: app.now().toISOString() },
    decisions,
    results: knownResults,
    model: model ?? app.modelId,
    text: "",
  } as const;
  return {
    history: before.slice(0, turnStart),
    start: { waiting, messages: before.slice(turnStart), canApprove },
  };
}

/** Results of calls that nobody made are left out. */
function toMessages(
  clientMessages: readonly ClientMessage[],
  model: string,
  { now }: App,
  attachments: SessionAttachments,
): readonly Message[] {
  const messages: Message[] = [];
  const stamp = () => ({ id: randomUUID() as MessageId, at: now().toISOString() });
  for (const message of clientMessages) {
    if (message.role === "user") {
      const files = attachments.save(message.files);
      messages.push({
        role: "user",
        ...stamp(),
        text: message.text,
        ...(files.length > 0 && { attachments: files }),
      });
    } else if (message.role === "assistant") {
      const parts = [
        ...(message.text.trim() === "" ? [] : [{ type: "text", text: message.text } as const]),
        ...message.calls.map((call) => ({ type: "call", call }) as const),
      ];
      const last = messages.at(-1);
      // Some clients have a message for the text and one for each call.
      if (last?.role === "assistant")
        messages[messages.length - 1] = { ...last, parts: [...last.parts, ...parts] };
      else if (parts.length > 0)
        messages.push({ role: "assistant", ...stamp(), parts, model, usage: NO_USAGE });
    } else {
      const last = messages.at(-1);
      const assistantMessage = last?.role === "results" ? messages.at(-2) : last;
      const result = toToolResult(message, assistantMessage);
      if (!result) continue;
      if (last?.role === "results")
        messages[messages.length - 1] = { ...last, results: [...last.results, result] };
      else messages.push({ role: "results", ...stamp(), results: [result] });
    }
  }
  return messages;
}

function toToolResult(
  { callId, content, status }: Extract<ClientMessage, { role: "result" }>,
  assistantMessage: Message | undefined,
): ToolResult | undefined {
  if (assistantMessage?.role !== "assistant") return undefined;
  const part = assistantMessage.parts.find((part) => part.type === "call" && part.call.id === callId);
  if (part?.type !== "call") return undefined;
  return { callId, name: part.call.name, status, content: content || "(empty)", durationMs: 0 };
}
