/** Streams a turn to a client of the AI SDK: the frames of one response, as texts. */
import { filesPath } from "../../config/paths.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { followTurn, type TurnCursor } from "../../sessions/stream-turn.ts";
import { costOfTurn } from "../../telemetry/cost.ts";
import {
  AI_SDK_DONE,
  AI_SDK_INITIAL_STATE,
  type AiSdkContext,
  encodeAiSdkEvent,
  encodeAiSdkStart,
} from "./codec.ts";

export interface AiSdkTurn {
  readonly app: App;
  readonly sessions: SessionRegistry;
  readonly session: LiveSession;
  readonly cursor: TurnCursor;
  readonly refusedCallIds?: ReadonlySet<string>;
}

/** Ends with the turn, with a request for approval, or when `signal` aborts; the turn then goes on for the grace of the settings. */
export async function* aiSdkStream(
  { app, sessions, session, cursor, refusedCallIds = new Set() }: AiSdkTurn,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const context: AiSdkContext = {
    sessionId: session.id,
    cost: (spent) => costOfTurn(spent, app.model.cost),
    fileUrl: (id) => `${filesPath(app.config)}/${id}`,
    refusedCallIds,
  };
  let state = AI_SDK_INITIAL_STATE;
  let hasStarted = false;
  try {
    for await (const { event, turnId } of followTurn(sessions, session, cursor, signal)) {
      if (!hasStarted) yield stringifyJson(encodeAiSdkStart(turnId, context));
      hasStarted = true;
      const encoded = encodeAiSdkEvent(event, state, context);
      state = encoded.state;
      for (const frame of encoded.frames) yield stringifyJson(frame);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield stringifyJson({ type: "error", errorText: error.message });
  }
  yield AI_SDK_DONE;
}
