/** A question asked by the application that specchat is a part of. */
import { hostCaller } from "../../access/caller.ts";
import { clientOf, limitKey } from "../../access/client.ts";
import type { ApprovalAnswer } from "../../chat/approval.ts";
import type { Approval, ToldEvent } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { LiveSessions } from "../../sessions/session-registry.ts";
import { askOnce } from "../../sessions/stream-turn.ts";
import type { FileContent } from "../../tools/types.ts";

export interface AskOptions {
  /** Questions of one caller with one name are one conversation; unset: each is one of its own. */
  readonly session?: string | undefined;
  /** On whose behalf, by a name of the application's own: conversations and limits are theirs. */
  readonly caller?: string | undefined;
  /** The person's own request: what `forwardHeaders` and `forwardCookies` name of it goes on to the API. */
  readonly request?: Request | undefined;
  /** One of the settings' models; their default when unset. */
  readonly model?: string | undefined;
  readonly attachments?: readonly FileContent[] | undefined;
  /** Decides on calls that need approval. Unset: they are not made, and the model is told. */
  readonly approve?:
    | ((approval: Approval) => boolean | ApprovalAnswer | Promise<boolean | ApprovalAnswer>)
    | undefined;
  /** Stops the turn; what was said is kept. */
  readonly signal?: AbortSignal | undefined;
}

/** What happens, until `turn_ended`. Leaving the loop stops the turn. @throws AppError: the question cannot be taken. */
export async function* askHere(
  app: App,
  sessions: LiveSessions,
  message: string,
  options: AskOptions,
): AsyncGenerator<ToldEvent, void> {
  const { session: name, caller = "", request = HERE, model, attachments, approve } = options;
  const { signal = new AbortController().signal } = options;
  const client = clientOf(request, hostCaller(caller), "", app.config);
  await sessions.admit(limitKey(client));
  const session =
    name === undefined
      ? sessions.open(client.caller, client.credentials)
      : await sessions.named(name, client, ["here"]);
  const question = { message, model, attachments, canAsk: approve !== undefined };
  for await (const { event } of askOnce(sessions, session, question, signal, { waits: true })) {
    yield event;
    if (event.type === "turn_waiting" && approve) await answer(session, event.turn.approval, approve);
  }
}

const HERE = new Request("http://localhost/");

async function answer(
  session: LiveSession,
  approval: Approval,
  approve: NonNullable<AskOptions["approve"]>,
): Promise<void> {
  const said = await approve(approval);
  const decided = typeof said === "boolean" ? { approved: said } : said;
  try {
    await session.approve({ ...decided, approvalId: approval.id, forSession: false });
  } catch (error) {
    // Too late, or the turn was stopped meanwhile: its end is told.
    if (!(error instanceof AppError) || error.code !== "approval_not_found") throw error;
  }
}
