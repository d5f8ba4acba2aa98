/** A turn as the Vercel AI SDK reads it: the frames of one response, as texts. */

import { filesPath } from "../../config/paths.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import { type Followed, followTurn } from "../../sessions/follow-turn.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { LiveSessions } from "../../sessions/session-registry.ts";
import { costOfTurn } from "../../telemetry/cost.ts";
import { AI_SDK_BEGIN, AI_SDK_DONE, type AiSdkContext, beginAiSdk, encodeAiSdk } from "./codec.ts";

export interface AiSdkTurn {
  readonly app: App;
  readonly sessions: LiveSessions;
  readonly session: LiveSession;
  readonly followed: Followed;
  readonly refused?: ReadonlySet<string>;
}

/** Ends with the turn, where it waits for a person, or when `signal` is aborted; the turn then goes on for the grace. */
export async function* aiSdkStream(
  { app, sessions, session, followed, refused = new Set() }: AiSdkTurn,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const context: AiSdkContext = {
    sessionId: session.id,
    cost: (spent) => costOfTurn(spent, app.model.cost),
    fileUrl: (id) => `${filesPath(app.config)}/${id}`,
    refused,
  };
  let state = AI_SDK_BEGIN;
  let isBegun = false;
  try {
    for await (const { event, turnId } of followTurn(sessions, session, followed, signal)) {
      if (!isBegun) yield stringifyJson(beginAiSdk(turnId, context));
      isBegun = true;
      const encoded = encodeAiSdk(event, state, context);
      state = encoded.state;
      for (const frame of encoded.frames) yield stringifyJson(frame);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield stringifyJson({ type: "error", errorText: error.message });
  }
  yield AI_SDK_DONE;
}
