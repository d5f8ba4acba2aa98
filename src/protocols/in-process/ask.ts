/** A question asked by the application that specchat is a part of. */
import { createHostCaller } from "../../access/caller.ts";
import { identifyClient, rateLimitKey } from "../../access/client.ts";
import type { ApprovalDecision } from "../../chat/approval.ts";
import type { Approval, ChatEvent } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { streamTurn } from "../../sessions/stream-turn.ts";
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
    | ((approval: Approval) => boolean | ApprovalDecision | Promise<boolean | ApprovalDecision>)
    | undefined;
  /** Stops the turn; what was said is kept. */
  readonly signal?: AbortSignal | undefined;
}

/** What happens, until `turn_ended`. Leaving the loop stops the turn. @throws AppError: the question cannot be taken. */
export async function* askInProcess(
  app: App,
  sessions: SessionRegistry,
  message: string,
  options: AskOptions,
): AsyncGenerator<ChatEvent, void> {
  const { session: name, caller = "", request = DEFAULT_REQUEST, model, attachments, approve } = options;
  const { signal = new AbortController().signal } = options;
  const client = identifyClient(request, createHostCaller(caller), "", app.config);
  await sessions.admit(rateLimitKey(client));
  const session =
    name === undefined
      ? sessions.create(client.caller, client.credentials)
      : await sessions.openNamed(name, client, ["here"]);
  const turnRequest = { message, model, attachments, canApprove: approve !== undefined };
  for await (const { event } of streamTurn(sessions, session, turnRequest, signal, {
    waitForApproval: true,
  })) {
    yield event;
    if (event.type === "turn_waiting" && approve) await decideApproval(session, event.turn.approval, approve);
  }
}

const DEFAULT_REQUEST = new Request("http://localhost/");

async function decideApproval(
  session: LiveSession,
  approval: Approval,
  approve: NonNullable<AskOptions["approve"]>,
): Promise<void> {
  const result = await approve(approval);
  const decision = typeof result === "boolean" ? { approved: result } : result;
  try {
    await session.decideApproval({ ...decision, approvalId: approval.id, forSession: false });
  } catch (error) {
    // Too late, or the turn was stopped meanwhile: its end is told.
    if (!(error instanceof AppError) || error.code !== "approval_not_found") throw error;
  }
}
