/** Determines the history before a turn. */
import type { Summarizer } from "../chat/context/summarizer.ts";
import type { SessionId } from "../chat/types.ts";
import type { StoredSession } from "../store/types.ts";
import type { TurnRequest } from "../turns/turn-request.ts";
import { isReadOnlyTool } from "../turns/turn-tools.ts";
import { assertUnanswered } from "./answered-messages.ts";
import { cutHistory } from "./cut-history.ts";
import type { SessionApp, StartedTurn } from "./types.ts";

interface PlacePorts {
  readonly app: SessionApp;
  readonly id: SessionId;
  readonly summarizer: Pick<Summarizer, "stop">;
}

/**
 * Returns the history before the turn of a request.
 * @throws AppError `bad_request` with status 409 when the message was answered before
 */
export async function placeRequest(
  { app, id, summarizer }: PlacePorts,
  stored: StoredSession,
  request: TurnRequest,
): Promise<Pick<StartedTurn, "replaceFrom" | "stored">> {
  assertUnanswered(stored.messages, request, (name) => isReadOnlyTool(app.apis.current, name));
  if (request.replaces === undefined) return { stored };
  const cut = cutHistory((await app.store.read(id)) ?? stored, request.replaces);
  // A summary in the making would be one of replaced messages.
  if (cut) await summarizer.stop();
  return cut ?? { stored };
}
