/** Finds a call of a stored session. */
import type { Caller } from "../../access/types.ts";
import type { ToolCall, ToolResult } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { decodeSegment } from "./types.ts";

export interface FoundCall {
  readonly session: LiveSession;
  readonly call: ToolCall;
  /** Undefined while the call has none. */
  readonly result: ToolResult | undefined;
}

/** Returns the ids of `…/sessions/{id}/calls/{call}/…`. The one of the session is still percent-encoded. */
export function callSegments({ pathname }: URL): readonly [session: string, call: string] {
  const segments = pathname.split("/");
  return [segments.at(-4) ?? "", decodeSegment(segments.at(-2) ?? "")];
}

/** @throws AppError `session_not_found` for a session of another caller, or `not_found`. */
export async function findCall(
  sessions: Pick<SessionRegistry, "find">,
  caller: Caller,
  [sessionId, callId]: readonly [string, string],
): Promise<FoundCall> {
  const session = await sessions.find(sessionId, caller);
  const stored = await session.read();
  const messages = stored?.messages ?? [];
  const call = messages
    .flatMap((message) =>
      message.role === "assistant"
        ? message.parts.flatMap((part) => (part.type === "call" ? [part.call] : []))
        : [],
    )
    .findLast(({ id }) => id === callId);
  if (!call) throw new AppError("not_found", "There is no such call in this conversation.");
  const results = messages.flatMap((message) => (message.role === "results" ? message.results : []));
  const open = stored?.session.turn?.results ?? [];
  const result = [...results, ...open].findLast((one) => one.callId === callId);
  return { session, call, result };
}
