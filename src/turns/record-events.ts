/**
 * Records the events of a turn. Deltas are published at once. What any other event changes is persisted before the event is
 * published. `message_added` is persisted only.
 */
import { ChangeTracker } from "../chat/changes.ts";
import { createFailedEnd } from "../chat/failed-end.ts";
import type { ChatEvent, ToolResult, TurnEvent, TurnId } from "../chat/types.ts";
import { addModelUsage } from "../chat/usage.ts";
import { applyErrorTexts } from "../config/error-texts.ts";
import { AppError, detailOf, toInternalError, withDoneCalls } from "../errors.ts";
import { logTurnEvent } from "../telemetry/debug-log.ts";
import { logCall, logTurn } from "../telemetry/turn-log.ts";
import type { CallAttributes } from "../telemetry/types.ts";
import { titleOf } from "./title.ts";
import type { TurnJournal } from "./turn-journal.ts";
import { isReadOnlyTool } from "./turn-tools.ts";
import type { TurnContext } from "./types.ts";
import { beginWork } from "./work-slices.ts";

export interface EventSink {
  readonly context: TurnContext;
  readonly id: TurnId;
  readonly requestId: unknown;
  /** Attributes for metrics and the log. */
  readonly attributes: CallAttributes;
}

/** Never rejects. A turn that cannot be persisted ends with an error; the caller may try again. */
export async function recordEvents(events: AsyncIterable<TurnEvent>, sink: EventSink): Promise<void> {
  const { context, id, requestId, attributes } = sink;
  const { app, journal, publish, suspend } = context;
  const results: ToolResult[] = [];
  try {
    for await (const event of events) {
      // A delta is neither stored nor counted: it takes the shortest way.
      if (event.type === "text_delta" || event.type === "reasoning_delta") {
        publish(event, id);
        continue;
      }
      if (event.type === "message_added") {
        if (event.message.role === "results") results.push(...event.message.results);
        journal?.add(event.message);
        context.onMessage?.(event.message);
        // The effects of a call must be known from now on, whatever becomes of the turn.
        if (event.message.role === "results") await journal?.flush();
        continue;
      }
      if (event.type === "turn_ended") await beginWork(context.session.owner);
      // The usage of a turn counts even if its end cannot be stored.
      if (event.type === "turn_ended") app.telemetry.observe(event, attributes);
      if (journal) await persist(event, journal, sink);
      if (event.type !== "turn_ended") app.telemetry.observe(event, attributes);
      auditEvent(event, app.audit);
      logEvent(event, sink);
      if (event.type === "turn_waiting") suspend?.(event.turn);
      publish(withErrorTexts(event, app), id, event.type === "turn_started" ? requestId : undefined);
    }
  } catch (error) {
    if (error instanceof AppError && error.code === "lease_lost") {
      // The process that took over closes the turn and publishes its end.
      app.log.warning("turn lost: another process took over the session", {
        session: context.session.id,
        turn: id,
      });
      return;
    }
    publishFailure(error, results, sink);
  }
}

/** @throws AppError `store_unavailable` or `lease_lost` */
async function persist(
  event: ChatEvent,
  journal: TurnJournal,
  { context: { session }, id }: EventSink,
): Promise<void> {
  switch (event.type) {
    case "turn_started": {
      const { question } = event;
      journal.add(question);
      const isFirst = session.title === "";
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
      const spent = end.spent.reduce(addModelUsage, session.spent);
      const model = end.outcome === "answered" ? end.model : session.model;
      return await journal.write({ turn: null, spent, ...(model !== undefined && { model }) });
    }
    default:
      return;
  }
}

function logEvent(event: ChatEvent, { context, attributes }: EventSink): void {
  const { config, log, model, telemetry } = context.app;
  if (config.debugMode) logTurnEvent(log, event, attributes);
  if (event.type === "call_ended" && config.logApiCalls) logCall(log, event.result, attributes);
  if (event.type !== "turn_ended") return;
  if (event.end.outcome === "answered" || config.logErrors)
    logTurn(log, event.end, attributes, telemetry.costs(attributes.session, attributes.caller), model.cost);
}

/** Records the start and the end of a turn. Its calls record themselves. */
function auditEvent(event: ChatEvent, audit: TurnContext["app"]["audit"]): void {
  if (event.type === "turn_started") audit.record({ event: "turn_started" });
  if (event.type !== "turn_ended") return;
  const { end } = event;
  audit.record({
    event: "turn_ended",
    outcome: end.outcome === "answered" ? end.stopReason : end.error.code,
  });
}

/** Ends a turn that could not be persisted. */
function publishFailure(
  cause: unknown,
  results: readonly ToolResult[],
  { context, id, requestId }: EventSink,
): void {
  const { app, session, publish } = context;
  const { names } = new ChangeTracker((name) => isReadOnlyTool(app.apis.current, name), results);
  const error = withDoneCalls(cause instanceof AppError ? cause : toInternalError(cause), names);
  const detail = error.detail ?? detailOf(cause);
  app.log.error("failed to persist turn", { session: session.id, turn: id, code: error.code, detail });
  publish({ type: "turn_ended", turnId: id, end: createFailedEnd(error, app.now()) }, id, requestId);
}

/** Applies the configured error messages. */
function withErrorTexts(event: ChatEvent, { config }: TurnContext["app"]): ChatEvent {
  if (event.type !== "turn_ended" || event.end.outcome !== "failed") return event;
  return { ...event, end: { ...event.end, error: applyErrorTexts(event.end.error, config) } };
}
