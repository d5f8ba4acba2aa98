/** One turn as the world sees it: what it is given, and what is stored, counted and told of it, in that order. */
import { randomUUID } from "node:crypto";
import { callerFromId } from "../access/caller.ts";
import { historyWindow } from "../chat/context/history-window.ts";
import { messageTokenBudget } from "../chat/context/request.ts";
import { endWhenSuspended } from "../chat/end-when-suspended.ts";
import { createFailedEnd } from "../chat/failed-end.ts";
import type { TokenRatios } from "../chat/tokens.ts";
import { continueTurn, startTurn } from "../chat/turn.ts";
import type { Message, TurnEvent, TurnId, WaitingTurn } from "../chat/types.ts";
import { addModelUsage } from "../chat/usage.ts";
import { applyErrorTexts } from "../config/error-texts.ts";
import type { App } from "../context.ts";
import { AppError, detailOf, toInternalError } from "../errors.ts";
import type { EventLog } from "../events/event-log.ts";
import { lastResultNumber } from "../results/shape.ts";
import type { Lease, StoredSession } from "../store/types.ts";
import { logCall, logTurn } from "../telemetry/turn-log.ts";
import type { CallAttributes } from "../telemetry/types.ts";
import type { FileContent } from "../tools/types.ts";
import { createApprovalPolicy } from "./approval-policy.ts";
import type { SessionAttachments } from "./attachments.ts";
import { applyClientOverrides, type ClientOverrides, delegateAllCalls } from "./client-tools.ts";
import type { SessionCredentials } from "./credentials.ts";
import type { MessageCache } from "./message-cache.ts";
import { saveFile } from "./save-file.ts";
import { createCallAttributes } from "./telemetry-context.ts";
import { titleOf } from "./title.ts";
import { TurnJournal } from "./turn-journal.ts";
import { applyRequestSettings, type TurnRequest } from "./turn-request.ts";
import { buildTurnSystemPrompt, createTurnTools } from "./turn-tools.ts";

/** What a turn has of its session. */
export interface TurnContext {
  readonly app: App;
  readonly eventLog: EventLog;
  readonly credentials: SessionCredentials;
  readonly attachments: SessionAttachments;
  readonly ratios: TokenRatios;
  readonly lease: Lease;
  /** As it is stored, without what the turn adds. */
  readonly stored: StoredSession;
  readonly messageCache: MessageCache;
  /** The turn is going to wait for a person. */
  readonly suspend: (turn: WaitingTurn) => void;
  /** The client keeps the history: the turn never waits, it is handed over. */
  readonly clientOverrides?: ClientOverrides | undefined;
}

/**
 * A question, or a turn whose held calls were all decided; `messages` are its own so far. `canAsk` (by default yes): whether
 * whoever decided can be asked again.
 */
export type TurnStart =
  | { readonly request: TurnRequest }
  | {
      readonly waiting: WaitingTurn;
      readonly messages: readonly Message[];
      readonly canApprove?: boolean | undefined;
    };

export interface TurnOutcome {
  readonly model: string;
  /** Estimated tokens there are for messages beside the tools; undefined: none. */
  readonly messageTokenBudget: number | undefined;
}

/** Never rejects: what goes wrong is told as the turn's end. */
export async function runTurn(
  context: TurnContext,
  start: TurnStart,
  signal: AbortSignal,
): Promise<TurnOutcome> {
  const { app, eventLog, credentials, attachments, ratios, lease, stored, messageCache, clientOverrides } =
    context;
  const { config } = app;
  const { session } = stored;
  const catalog = app.apis.current;
  const id = "waiting" in start ? start.waiting.id : (randomUUID() as TurnId);
  const model = "waiting" in start ? start.waiting.model : (start.request.model ?? app.modelId);
  attachments.restore(stored.messages);
  app.results.restoreCount(session.id, () => lastResultNumber(stored.messages));
  const defaults = {
    system: buildTurnSystemPrompt(app, catalog),
    tools: catalog.advertised,
    toolTokens: catalog.toolTokens,
  };
  const input = {
    id,
    history: historyWindow(stored, stored.summary),
    model,
    ...(clientOverrides ? applyClientOverrides(defaults, clientOverrides, config) : defaults),
    caller: session.owner,
    session: session.id,
    file: (id: string) => app.files.read(id)?.bytes,
  };
  const callContext = (signal: AbortSignal) => ({
    signal,
    credentials: credentials.all,
    saveFile: (file: FileContent) => saveFile(app, session, file),
    findAttachment: (name: string) => attachments.find(name),
  });
  const ports = {
    model: app.model,
    ...createTurnTools(app, {
      session: session.id,
      caller: callerFromId(session.owner),
      model,
      catalog,
      callContext,
      onProgress: (message) => eventLog.append({ type: "notice", code: "progress", message }, id),
    }),
    approvalPolicy: clientOverrides?.tools
      ? delegateAllCalls
      : createApprovalPolicy(app, {
          catalog,
          allowed: session.allowed,
          canApprove: "waiting" in start ? (start.canApprove ?? true) : start.request.canApprove === true,
          callContext,
        }),
    ratios,
    now: app.now,
    newId: randomUUID,
  };
  const events =
    "waiting" in start
      ? continueTurn({ ...input, ...start }, config, ports, signal)
      : startTurn(
          {
            ...input,
            message: start.request.message,
            attachments: attachments.save(start.request.attachments ?? []),
          },
          applyRequestSettings(start.request, config),
          ports,
          signal,
        );
  const requestId = "waiting" in start ? undefined : start.request.requestId;
  const journal = new TurnJournal(app, session, lease, eventLog, messageCache);
  const attributes = createCallAttributes(catalog, session.id, session.owner, id);
  await recordEvents(clientOverrides ? endWhenSuspended(events, app.now) : events, {
    ...context,
    id,
    journal,
    requestId,
    attributes,
  });
  return {
    model,
    messageTokenBudget: messageTokenBudget(input, config, app.model.limits(model), ratios.get(model)),
  };
}

interface EventSink extends TurnContext {
  readonly id: TurnId;
  readonly journal: TurnJournal;
  readonly requestId: unknown;
  /** Where it happens, for what is counted and logged. */
  readonly attributes: CallAttributes;
}

/** Each event is stored, as far as it is to be, before anybody is told of it. */
async function recordEvents(events: AsyncIterable<TurnEvent>, sink: EventSink): Promise<void> {
  const { app, eventLog, id, journal, requestId, suspend } = sink;
  try {
    for await (const event of events) {
      if (event.type === "text_delta" || event.type === "reasoning_delta") {
        // Nothing is stored or counted of a delta: it takes the shortest way.
        eventLog.append(event, id);
        continue;
      }
      if (event.type === "message_added") {
        journal.add(event.message);
        // What a call did is known from now on, whatever becomes of the turn.
        if (event.message.role === "results") await journal.flush();
        continue;
      }
      await persist(event, sink);
      observe(event, sink);
      if (event.type === "turn_waiting") suspend(event.turn);
      eventLog.append(
        applyErrorMessages(event, app),
        id,
        event.type === "turn_started" ? requestId : undefined,
      );
    }
  } catch (error) {
    if (error instanceof AppError && error.code === "lease_lost") {
      // Whoever has the session now closes the turn, and tells of it.
      app.log.warning("turn lost", { session: eventLog.session, turn: id });
      return;
    }
    reportPersistFailure(error, sink);
  }
}

async function persist(event: TurnEvent, { app, id, journal, stored, attributes }: EventSink): Promise<void> {
  switch (event.type) {
    case "turn_started": {
      const { question } = event;
      journal.add(question);
      const isFirst = stored.session.title === "";
      return await journal.write({
        turn: { status: "running", id },
        ...(isFirst && { title: titleOf(question) }),
      });
    }
    case "call_started":
      if (journal.hasUnwritten) await journal.write({});
      return;
    case "turn_waiting":
      return await journal.write({ turn: event.turn });
    case "turn_ended": {
      const { end } = event;
      const spent = end.spent.reduce(addModelUsage, stored.session.spent);
      const model = end.outcome === "answered" ? end.model : stored.session.model;
      app.telemetry.observe(event, attributes);
      return await journal.write({ turn: null, spent, ...(model !== undefined && { model }) });
    }
    default:
      return;
  }
}

function observe(event: TurnEvent, { app, attributes }: EventSink): void {
  const { config, log, model, telemetry } = app;
  // What a turn used is counted whether or not its end can be stored.
  if (event.type !== "turn_ended") telemetry.observe(event, attributes);
  if (event.type === "call_ended" && config.logApiCalls) logCall(log, event.result, attributes);
  if (event.type !== "turn_ended") return;
  if (event.end.outcome === "answered" || config.logErrors)
    logTurn(log, event.end, attributes, telemetry.costs(attributes.session, attributes.caller), model.cost);
}

/** The conversation could not be stored: whoever asked is told, and may ask again. */
function reportPersistFailure(cause: unknown, { app, eventLog, id, requestId }: EventSink): void {
  const error = cause instanceof AppError ? cause : toInternalError(cause);
  const detail = error.detail ?? detailOf(cause);
  app.log.error("turn not kept", { session: eventLog.session, turn: id, code: error.code, detail });
  eventLog.append({ type: "turn_ended", turnId: id, end: createFailedEnd(error, app.now()) }, id, requestId);
}

/** Errors in the words of the settings. */
function applyErrorMessages<Event extends TurnEvent>(event: Event, { config }: App): Event {
  if (event.type !== "turn_ended" || event.end.outcome !== "failed") return event;
  return { ...event, end: { ...event.end, error: applyErrorTexts(event.end.error, config) } };
}
