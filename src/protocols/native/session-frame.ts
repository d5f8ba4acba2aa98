/** Encodes a stored session with its current state and its total usage. */
import { addUsage, NO_USAGE } from "../../chat/usage.ts";
import type { App } from "../../context.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import type { ListedSession } from "../../store/types.ts";
import { costOfTurn } from "../../telemetry/cost.ts";
import type { SessionFrame } from "./http-types.ts";
import { encodeSession } from "./sessions.ts";

export function encodeSessionFrame(
  { model }: Pick<App, "model">,
  sessions: Pick<SessionRegistry, "stateOf">,
  session: ListedSession,
): SessionFrame {
  const usage = session.spent.reduce((sum, spent) => addUsage(sum, spent.usage), NO_USAGE);
  return encodeSession(session, sessions.stateOf(session), {
    usage,
    cost: costOfTurn(session.spent, model.cost),
  });
}
