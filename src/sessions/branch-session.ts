/** Copies a session up to a user message, so that another message can follow there. The session itself stays as it is. */
import { randomUUID } from "node:crypto";
import type { MessageId, SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { ListedSession, StoredSession } from "../store/types.ts";
import { newSession } from "../turns/new-session.ts";
import { storeCopy } from "./copy-session.ts";

/** Where a branch leaves its session. `message` is the user message that the branch does not have, `after` the one before it. */
export interface BranchPoint {
  readonly session: SessionId;
  readonly message: MessageId;
  readonly after: MessageId | null;
}

/**
 * Creates the branch. Permissions, ratings and usage stay with the session. `before` is the id of a user message, or the id that
 * its client gave it.
 * @throws AppError `bad_request` when the session has no such message.
 */
export async function branchSession(
  { store, now }: Pick<App, "store" | "now">,
  { session, messages, summary }: StoredSession,
  before: string,
): Promise<ListedSession> {
  const position = messages.findIndex(
    (message) => message.role === "user" && (message.id === before || message.clientId === before),
  );
  const message = messages[position];
  if (!message)
    throw new AppError("bad_request", "before: the conversation has no message of a user with this id.");
  const { title, model } = session;
  const after = messages.slice(0, position).findLast(({ role }) => role === "user")?.id ?? null;
  const branch = {
    ...newSession(randomUUID() as SessionId, { id: session.owner }, now()),
    ...(session.createdBy && { createdBy: session.createdBy }),
    title: position === 0 ? "" : title,
    ...(model !== undefined && { model }),
    label: encodeBranchPoint({ session: session.id, message: message.id, after }),
  };
  return await storeCopy(store, branch, messages.slice(0, position), summary);
}

function encodeBranchPoint(branch: BranchPoint): string {
  return JSON.stringify({ branch });
}

/** Reads the branch point from the label of a session. Returns undefined for a session that is no branch. */
export function decodeBranchPoint(label: string | undefined): BranchPoint | undefined {
  if (!label?.startsWith('{"branch"')) return undefined;
  const { branch }: { readonly branch: BranchPoint } = JSON.parse(label);
  return branch;
}
