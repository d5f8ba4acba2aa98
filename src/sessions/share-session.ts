/** Shares a session as a read-only copy under an unguessable id. A session has one copy at a time. */
import { randomUUID } from "node:crypto";
import { sharedSession, shareOwner } from "../access/share-owner.ts";
import { hashShort } from "../access/short-hash.ts";
import type { Caller } from "../access/types.ts";
import type { Message, SessionId } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { ListedSession, StoredSession } from "../store/types.ts";
import { newSession } from "../turns/new-session.ts";
import { storeCopy } from "./copy-session.ts";

type ShareApp = Pick<App, "audit" | "store" | "now">;

/**
 * Copies what the session has now, in place of an earlier copy. The turn that runs or waits is left out.
 * @throws AppError `bad_request` when there is nothing to share.
 */
export async function shareSession(
  app: ShareApp,
  { session, messages }: StoredSession,
  caller: Caller,
): Promise<ListedSession> {
  const ended = session.turn ? withoutLastTurn(messages) : messages;
  if (ended.length === 0) throw new AppError("bad_request", "The conversation has no reply to share yet.");
  const earlier = await findShares(app, session.id);
  const { identity } = caller;
  const owner = { id: shareOwner(session.id), ...(identity && { identity }) };
  const copy = { ...newSession(randomUUID() as SessionId, owner, app.now()), title: session.title };
  const share = await storeCopy(app.store, copy, ended);
  for (const { id } of earlier) await app.store.delete(id);
  record(app, "conversation_shared", share);
  return share;
}

/** Returns the copies of a session, the newest first. */
export function findShares(
  { store }: Pick<App, "store">,
  session: SessionId,
): Promise<readonly ListedSession[]> {
  return store.list(shareOwner(session), { limit: 100 });
}

/** Deletes the copies of a session: their links no longer work. */
export async function revokeShares(app: Pick<App, "audit" | "store">, session: SessionId): Promise<void> {
  for (const share of await findShares(app, session)) {
    await app.store.delete(share.id);
    record(app, "share_revoked", share);
  }
}

/** Returns a copy for a reader. @throws AppError `not_found`, also for a reader of another organization than who shared it */
export async function readShare(
  app: Pick<App, "audit" | "store">,
  id: string,
  { identity }: Caller,
): Promise<StoredSession> {
  const stored = await app.store.read(id as SessionId);
  const isShare = stored !== undefined && sharedSession(stored.session.owner) !== undefined;
  const isAllowed = isShare && stored.session.createdBy?.organization === identity?.organization;
  if (!isAllowed) throw new AppError("not_found", "There is no such shared conversation.");
  record(app, "share_read", stored.session);
  return stored;
}

/** The entry names the copy by a hash: its id opens it. */
function record(
  { audit }: Pick<App, "audit">,
  act: string,
  { id, owner }: Pick<ListedSession, "id" | "owner">,
): void {
  const entry = { event: "administration", act, subject: hashShort(id) } as const;
  audit.record({ ...entry, session: sharedSession(owner) });
}

function withoutLastTurn(messages: readonly Message[]): readonly Message[] {
  return messages.slice(
    0,
    Math.max(
      0,
      messages.findLastIndex(({ role }) => role === "user"),
    ),
  );
}
