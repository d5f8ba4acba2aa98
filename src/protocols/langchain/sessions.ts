/** Sessions under the names that langchain clients choose. */
import { randomUUID } from "node:crypto";
import { type Client, scopeClient } from "../../access/client.ts";
import type { App } from "../../context.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import type { StoredSession } from "../../store/types.ts";
import { newSession } from "../../turns/new-session.ts";
import { type SessionLabel, writeLabel } from "./session-codec.ts";

/** Messages that are read to count them. Earlier stored messages count one by one. */
export const MAX_MESSAGES_READ = 200;

const PROTOCOL = "langchain";

/** Scopes a client to this protocol. @param user the `X-User-ID`. */
export function scopeLangchainClient(client: Client, user: string | null): Client {
  return scopeClient(client, PROTOCOL, user ?? undefined);
}

export interface NamedSession {
  readonly session: LiveSession;
  readonly name: string;
  /** The session with its newest messages, as it was read when it was opened. */
  readonly stored: StoredSession;
}

/** Opens the named session, or creates it. @throws AppError `session_not_found` when it belongs to another caller. */
export async function openNamedSession(
  { store, now }: Pick<App, "store" | "now">,
  sessions: Pick<SessionRegistry, "readNamed">,
  client: Client,
  labelInput: SessionLabel,
): Promise<NamedSession> {
  const name = labelInput.name ?? randomUUID();
  const { session, stored } = await sessions.readNamed(name, client, [PROTOCOL], {
    newest: MAX_MESSAGES_READ,
  });
  if (stored) return { session, name, stored };
  const label = writeLabel({ ...labelInput, name: name === session.id ? undefined : name });
  const created = {
    ...newSession(session.id, { ...client.caller, id: session.owner }, now()),
    ...(label !== undefined && { label }),
  };
  await store.create(created);
  return { session, name, stored: { session: created, messages: [], skipped: 0 } };
}

/** Returns the named session with all its messages, or undefined when nothing is stored. @throws AppError `session_not_found` */
export async function readNamedSession(
  sessions: Pick<SessionRegistry, "readNamed">,
  client: Client,
  name: string,
): Promise<{ readonly session: LiveSession; readonly stored: StoredSession } | undefined> {
  const { session, stored } = await sessions.readNamed(name, client, [PROTOCOL]);
  return stored && { session, stored };
}
