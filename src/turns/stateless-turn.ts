/** Runs one turn over a history that the client keeps. The model sees what was sent, and nothing of it is stored. */
import { randomUUID } from "node:crypto";
import type { Client } from "../access/client.ts";
import type { TurnPermit } from "../access/limits/types.ts";
import { keyScope } from "../access/ownership.ts";
import { findTurnStart } from "../chat/messages.ts";
import { TokenRatios } from "../chat/tokens.ts";
import type { Message, SessionId, TurnId, WaitingTurn } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { StreamedEvent } from "../events/event-log.ts";
import { EventQueue } from "../events/event-queue.ts";
import { SessionAttachments } from "./attachments.ts";
import { type ConversionContext, type FetchedMessage, toMessages } from "./client-messages.ts";
import type { ClientOverrides } from "./client-overrides.ts";
import { createClientOverrides } from "./create-client-overrides.ts";
import { SessionCredentials } from "./credentials.ts";
import { fetchFiles } from "./fetch-files.ts";
import { HandOver } from "./hand-over.ts";
import { newSession } from "./new-session.ts";
import { permittedCatalog } from "./permitted-catalog.ts";
import { defaultModel } from "./permitted-models.ts";
import { runTurn } from "./run-turn.ts";
import type { StatelessRequest } from "./stateless-request.ts";
import { validateTurnRequest } from "./turn-request.ts";
import type { DecidedTurn, TurnApp, TurnStart } from "./types.ts";

type StatelessApp = TurnApp & Pick<App, "fetch" | "handedOver" | "sleep">;

/** Files of a history. Models accept fewer. */
const MAX_FILES = 500;
/** Tool calls of a history. */
const MAX_CALLS = 1000;

/** Turns that belong to no session. A server that stops waits for them too. */
export interface TurnTracker {
  /** @param running does not reject. `stop` ends it. */
  trackTurn(running: Promise<unknown>, stop: () => void): void;
}

/**
 * Starts the turn and resolves to its events, up to its end. Where another turn would wait for approval, `turn_waiting` comes and
 * then the end. Aborting `signal`, or leaving the loop, stops the turn.
 * @param canApprove whether the client can ask a person for approval.
 * @throws AppError `bad_request` or `message_too_long`, also for a file that cannot be fetched, or `rate_limited` for a further turn at the same time.
 */
export async function runStatelessTurn(
  app: StatelessApp,
  tracker: TurnTracker,
  client: Client,
  request: StatelessRequest,
  canApprove: boolean,
  signal: AbortSignal,
): Promise<AsyncIterable<StreamedEvent>> {
  const permit = await app.limits.startTurn(client.spender);
  try {
    return await startPermittedTurn(app, tracker, client, { request, canApprove, permit }, signal);
  } catch (error) {
    await permit.release();
    throw error;
  }
}

interface PermittedRequest {
  readonly request: StatelessRequest;
  readonly canApprove: boolean;
  readonly permit: TurnPermit;
}

async function startPermittedTurn(
  app: StatelessApp,
  tracker: TurnTracker,
  client: Client,
  { request, canApprove, permit }: PermittedRequest,
  signal: AbortSignal,
): Promise<AsyncIterable<StreamedEvent>> {
  const id = randomUUID() as SessionId;
  const { caller } = client;
  const owner = caller.id;
  const scope = keyScope(caller);
  // Attachments have a session of their own: they go with the turn, while files that the turn made stay.
  const attachmentSession = randomUUID() as SessionId;
  const attachments = new SessionAttachments(app.files, { owner, session: attachmentSession });
  const overrides = createClientOverrides(request, permittedCatalog(app, caller), app.config);
  const { tools } = overrides;
  const fetched = await fetchFiles(request.messages, app, signal);
  const { messages, start } = prepareTurn(request, fetched, { caller, canApprove }, app, {
    attachments,
    ...(tools && { toModelCall: (call) => tools.toModelCall(call) }),
    ...(request.omitsServerCalls && { findHandedOver: (callId) => app.handedOver.find(`${scope}${callId}`) }),
  });
  const handOver = new HandOver(tools);
  const queue = new EventQueue<StreamedEvent>();
  const abort = new AbortController();
  const stop = () => abort.abort();
  const context = {
    app: { ...app, config: { ...app.config, ...overrideLimits(request, overrides, start, app) } },
    session: newSession(id, caller, app.now()),
    history: { messages, skipped: 0 },
    credentials: new SessionCredentials(client.credentials),
    attachments,
    ratios: new TokenRatios(),
    permit,
    publish: (event: StreamedEvent["event"], turnId: TurnId) =>
      queue.push({ turnId, event: handOver.toClientEvent(event) }),
    clientOverrides: overrides,
    ...(request.omitsServerCalls && {
      onMessage: (message: Message) => handOver.addMessage(message),
      suspend: (turn: WaitingTurn) =>
        handOver.save((callId, round) => app.handedOver.save(`${scope}${callId}`, round), turn),
    }),
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const running = runTurn(context, start, abort.signal).finally(async () => {
    signal.removeEventListener("abort", stop);
    await permit.release();
    app.files.deleteSession(attachmentSession);
    await app.results.deleteSession(id);
  });
  tracker.trackTurn(running, stop);
  return streamUntilEnd(queue, stop);
}

/** @param stop is called when the reader leaves before the end. */
async function* streamUntilEnd(
  queue: EventQueue<StreamedEvent>,
  stop: () => void,
): AsyncGenerator<StreamedEvent, void> {
  let isOver = false;
  try {
    for await (const entry of queue) {
      isOver = entry.event.type === "turn_ended";
      yield entry;
      if (isOver) return;
    }
  } finally {
    if (!isOver) stop();
  }
}

/**
 * Applies the client's limits within those of the settings. A client that runs its own tools limits its own loop: what the
 * turn did before this request does not count.
 */
function overrideLimits(
  { temperature, topP, maxTokens }: StatelessRequest,
  { tools, hasServerTools }: ClientOverrides,
  start: TurnStart,
  { config }: Pick<App, "config">,
): Partial<App["config"]> {
  const earlier = "decided" in start ? start.messages : [];
  const calls = earlier.reduce((sum, message) => sum + countCalls(message), 0);
  const rounds = earlier.filter(({ role }) => role === "assistant").length;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(maxTokens !== undefined && { maxTokens: Math.min(maxTokens, config.maxTokens) }),
    ...(tools && {
      maxToolCalls: hasServerTools ? config.maxToolCalls + calls : Number.MAX_SAFE_INTEGER,
      maxToolCallRounds: hasServerTools ? config.maxToolCallRounds + rounds : Number.MAX_SAFE_INTEGER,
    }),
  };
}

function countCalls(message: Message): number {
  return message.role === "assistant" ? message.parts.filter(({ type }) => type === "call").length : 0;
}

/** Who sent the request, and whether they can be asked. */
type TurnSender = Pick<DecidedTurn, "caller" | "canApprove">;

interface PreparedTurn {
  /** The messages before those of the turn. */
  readonly messages: readonly Message[];
  readonly start: TurnStart;
}

/** @throws AppError `bad_request` or `message_too_long` */
function prepareTurn(
  request: StatelessRequest,
  messages: readonly FetchedMessage[],
  sender: TurnSender,
  app: StatelessApp,
  context: Pick<ConversionContext, "attachments" | "toModelCall" | "findHandedOver">,
): PreparedTurn {
  const { model } = request;
  const last = messages.at(-1);
  if (!last) throw new AppError("bad_request", "messages: at least one is needed.");
  limitHistory(messages);
  const { caller } = sender;
  const conversion = { model: model ?? defaultModel(app, caller), now: app.now, ...context };
  for (const message of messages)
    if (message.role === "user")
      validateTurnRequest({ caller, message: "", attachments: message.files }, app);
  if (last.role === "user") {
    const turnRequest = { ...sender, message: last.text, model, attachments: last.files };
    validateTurnRequest(turnRequest, app);
    return { messages: toMessages(messages.slice(0, -1), conversion), start: { request: turnRequest } };
  }
  validateTurnRequest({ caller, message: "", model }, app);
  const { maxToolCalls } = app.config;
  if ((request.decisions?.length ?? 0) > maxToolCalls)
    throw new AppError("bad_request", `At most ${maxToolCalls} calls are carried out at once.`);
  return prepareContinuation(toMessages(messages, conversion), request, sender, conversion.model);
}

/** @throws AppError `bad_request` */
function limitHistory(messages: readonly FetchedMessage[]): void {
  let [files, calls] = [0, 0];
  for (const message of messages) {
    if (message.role === "assistant") calls += message.calls.length;
    else files += message.files?.length ?? 0;
  }
  if (files > MAX_FILES) throw new AppError("bad_request", `messages: at most ${MAX_FILES} files.`);
  if (calls > MAX_CALLS) throw new AppError("bad_request", `A history may have ${MAX_CALLS} tool calls.`);
}

/** Continues after the last calls of the history. Without calls, the model continues its own text. */
function prepareContinuation(
  all: readonly Message[],
  { model: requestedModel, decisions = [] }: StatelessRequest,
  sender: TurnSender,
  model: string,
): PreparedTurn {
  const last = all.at(-1);
  const results = last?.role === "results" ? last.results : [];
  const messages = last?.role === "results" ? all.slice(0, -1) : all;
  const assistantMessage = messages.at(-1);
  const hasCalls =
    assistantMessage?.role === "assistant" && assistantMessage.parts.some(({ type }) => type === "call");
  if (!hasCalls)
    return {
      messages: all,
      start: { request: { message: "Continue.", model: requestedModel, ...sender } },
    };
  const turnStart = findTurnStart(messages);
  return {
    messages: messages.slice(0, turnStart),
    start: {
      id: randomUUID() as TurnId,
      decided: { decisions, results, model, text: "" },
      messages: messages.slice(turnStart),
      ...sender,
    },
  };
}
