import { randomUUID } from "node:crypto";
import { createFailedEnd } from "../chat/failed-end.ts";
import type { TurnId } from "../chat/types.ts";
import type { App } from "../context.ts";
import type { AppError } from "../errors.ts";
import type { EventLog } from "../events/event-log.ts";

/** Publishes the end of a request that never became a turn. */
export function rejectRequest(
  { app, eventLog }: { readonly app: Pick<App, "now">; readonly eventLog: Pick<EventLog, "append"> },
  requestId: unknown,
  error: AppError,
): void {
  const turnId = randomUUID() as TurnId;
  const end = createFailedEnd(error, app.now());
  eventLog.append({ type: "turn_ended", turnId, end }, turnId, requestId);
}
