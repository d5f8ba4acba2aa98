/** One turn as the world sees it: what it is given, and what is stored, counted and told of it, in that order. */
import { randomUUID } from "node:crypto";
import { callerOfId } from "../access/caller.ts";
import { visibleHistory } from "../chat/context/history-window.ts";
import { messageRoom } from "../chat/context/request.ts";
import { handOver } from "../chat/end-when-suspended.ts";
import { failedEnd } from "../chat/failed-end.ts";
import type { TokenRatios } from "../chat/tokens.ts";
import { continueTurn, turn } from "../chat/turn.ts";
import type { Message, TurnEvent, TurnId, WaitingTurn } from "../chat/types.ts";
import { addSpent } from "../chat/usage.ts";
import { toldError } from "../config/error-texts.ts";
import type { App } from "../context.ts";
import { AppError, bug, detailOf } from "../errors.ts";
import type { Story } from "../events/event-log.ts";
import { keptSoFar } from "../results/shape.ts";
import type { Lease, StoredSession } from "../store/types.ts";
import { logCall, logTurn } from "../telemetry/turn-log.ts";
import type { Place } from "../telemetry/types.ts";
import type { FileContent } from "../tools/types.ts";
import { createReview } from "./approval-policy.ts";
import type { SessionAttachments } from "./attachments.ts";
import { type Brought, handAllOver, withBrought } from "./client-tools.ts";
import type { SessionCredentials } from "./credentials.ts";
import type { RecentMessages } from "./message-cache.ts";
import { keepFile } from "./save-file.ts";
import { callPlace } from "./telemetry-context.ts";
import { titleOf } from "./title.ts";
import { SessionWriter } from "./turn-journal.ts";
import { type Question, settingsOf } from "./turn-request.ts";
import { turnSystem, turnTools } from "./turn-tools.ts";

/** What a turn has of its session. */
export interface TurnPlace {
  readonly app: App;
  readonly story: Story;
  readonly credentials: SessionCredentials;
  readonly attachments: SessionAttachments;
  readonly ratios: TokenRatios;
  readonly lease: Lease;
  /** As it is stored, without what the turn adds. */
  readonly stored: StoredSession;
  readonly recent: RecentMessages;
  /** The turn is going to wait for a person. */
  readonly hold: (turn: WaitingTurn) => void;
  /** The client keeps the history: the turn never waits, it is handed over. */
  readonly brought?: Brought | undefined;
}

/**
 * A question, or a turn whose held calls were all decided; `messages` are its own so far. `canAsk` (by default yes): whether
 * whoever decided can be asked again.
 */
export type TurnStart =
  | { readonly question: Question }
  | {
      readonly waiting: WaitingTurn;
      readonly messages: readonly Message[];
      readonly canAsk?: boolean | undefined;
    };

export interface TurnOutcome {
  readonly model: string;
  /** Estimated tokens there are for messages beside the tools; undefined: none. */
  readonly room: number | undefined;
}

/** Never rejects: what goes wrong is told as the turn's end. */
export async function runTurn(place: TurnPlace, start: TurnStart, signal: AbortSignal): Promise<TurnOutcome> {
  const { app, story, credentials, attachments, ratios, lease, stored, recent, brought } = place;
  const { config } = app;
  const { session } = stored;
  const apis = app.apis.current;
  const id = "waiting" in start ? start.waiting.id : (randomUUID() as TurnId);
  const model = "waiting" in start ? start.waiting.model : (start.question.model ?? app.modelId);
  attachments.recall(stored.messages);
  app.results.recall(session.id, () => keptSoFar(stored.messages));
  const ours = { system: turnSystem(app, apis), tools: apis.offered, toolTokens: apis.toolTokens };
  const input = {
    id,
    history: visibleHistory(stored, stored.summary),
    model,
    ...(brought ? withBrought(ours, brought, config) : ours),
    caller: session.owner,
    session: session.id,
    file: (id: string) => app.files.read(id)?.bytes,
  };
  const context = (signal: AbortSignal) => ({
    signal,
    credentials: credentials.all,
    keepFile: (file: FileContent) => keepFile(app, session, file),
    attachment: (name: string) => attachments.find(name),
  });
  const ports = {
    model: app.model,
    ...turnTools(app, {
      session: session.id,
      caller: callerOfId(session.owner),
      model,
      apis,
      context,
      progress: (message) => story.tell({ type: "notice", code: "progress", message }, id),
    }),
    review: brought?.tools
      ? handAllOver
      : createReview(app, {
          apis,
          allowed: session.allowed,
          canAsk: "waiting" in start ? (start.canAsk ?? true) : start.question.canAsk === true,
          context,
        }),
    ratios,
    now: app.now,
    newId: randomUUID,
  };
  const events =
    "waiting" in start
      ? continueTurn({ ...input, ...start }, config, ports, signal)
      : turn(
          {
            ...input,
            message: start.question.message,
            attachments: attachments.keep(start.question.attachments ?? []),
          },
          settingsOf(start.question, config),
          ports,
          signal,
        );
  const asker = "waiting" in start ? undefined : start.question.asker;
  const writer = new SessionWriter(app, session, lease, story, recent);
  const spot = callPlace(apis, session.id, session.owner, id);
  await tellAll(brought ? handOver(events, app.now) : events, { ...place, id, writer, asker, spot });
  return { model, room: messageRoom(input, config, app.model.limits(model), ratios.of(model)) };
}

interface Telling extends TurnPlace {
  readonly id: TurnId;
  readonly writer: SessionWriter;
  readonly asker: unknown;
  /** Where it happens, for what is counted and logged. */
  readonly spot: Place;
}

/** Each event is stored, as far as it is to be, before anybody is told of it. */
async function tellAll(events: AsyncIterable<TurnEvent>, telling: Telling): Promise<void> {
  const { app, story, id, writer, asker, hold } = telling;
  try {
    for await (const event of events) {
      if (event.type === "text_delta" || event.type === "reasoning_delta") {
        // Nothing is stored or counted of a delta: it takes the shortest way.
        story.tell(event, id);
        continue;
      }
      if (event.type === "message_added") {
        writer.add(event.message);
        // What a call did is known from now on, whatever becomes of the turn.
        if (event.message.role === "results") await writer.flush();
        continue;
      }
      await store(event, telling);
      observe(event, telling);
      if (event.type === "turn_waiting") hold(event.turn);
      story.tell(told(event, app), id, event.type === "turn_started" ? asker : undefined);
    }
  } catch (error) {
    if (error instanceof AppError && error.code === "lease_lost") {
      // Whoever has the session now closes the turn, and tells of it.
      app.log.warning("turn lost", { session: story.session, turn: id });
      return;
    }
    failedToKeep(error, telling);
  }
}

async function store(event: TurnEvent, { app, id, writer, stored, spot }: Telling): Promise<void> {
  switch (event.type) {
    case "turn_started": {
      const { question } = event;
      writer.add(question);
      const isFirst = stored.session.title === "";
      return await writer.write({
        turn: { status: "running", id },
        ...(isFirst && { title: titleOf(question) }),
      });
    }
    case "call_started":
      if (writer.isBehind) await writer.write({});
      return;
    case "turn_waiting":
      return await writer.write({ turn: event.turn });
    case "turn_ended": {
      const { end } = event;
      const spent = end.spent.reduce(addSpent, stored.session.spent);
      const model = end.outcome === "answered" ? end.model : stored.session.model;
      app.telemetry.observe(event, spot);
      return await writer.write({ turn: null, spent, ...(model !== undefined && { model }) });
    }
    default:
      return;
  }
}

function observe(event: TurnEvent, { app, spot }: Telling): void {
  const { config, log, model, telemetry } = app;
  // What a turn used is counted whether or not its end can be stored.
  if (event.type !== "turn_ended") telemetry.observe(event, spot);
  if (event.type === "call_ended" && config.logApiCalls) logCall(log, event.result, spot);
  if (event.type !== "turn_ended") return;
  if (event.end.outcome === "answered" || config.logErrors)
    logTurn(log, event.end, spot, telemetry.costs(spot.session, spot.caller), model.cost);
}

/** The conversation could not be stored: whoever asked is told, and may ask again. */
function failedToKeep(cause: unknown, { app, story, id, asker }: Telling): void {
  const error = cause instanceof AppError ? cause : bug(cause);
  const detail = error.detail ?? detailOf(cause);
  app.log.error("turn not kept", { session: story.session, turn: id, code: error.code, detail });
  story.tell({ type: "turn_ended", turnId: id, end: failedEnd(error, app.now()) }, id, asker);
}

/** Errors in the words of the settings. */
function told<Event extends TurnEvent>(event: Event, { config }: App): Event {
  if (event.type !== "turn_ended" || event.end.outcome !== "failed") return event;
  return { ...event, end: { ...event.end, error: toldError(event.end.error, config) } };
}
