/** Runs a turn for the application that embeds specchat. */
import { createHostCaller } from "../../access/caller.ts";
import { identifyClient } from "../../access/client.ts";
import type { Caller } from "../../access/types.ts";
import type { ApprovalDecision } from "../../chat/approval.ts";
import type { Approval, ChatEvent } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { streamTurn } from "../../sessions/stream-turn.ts";
import type { FileContent } from "../../tools/types.ts";

export interface AskOptions {
  /** Continues the session of this name of the caller. Without it, every message starts a new session. */
  readonly session?: string | undefined;
  /** The application's name for the user, who owns the session and has a rate limit of their own. */
  readonly caller?: string | undefined;
  /** The user's request, whose `forwardHeaders` and `forwardCookies` are sent to the API. */
  readonly request?: Request | undefined;
  /** One of the configured models. Default: the first one. */
  readonly model?: string | undefined;
  readonly attachments?: readonly FileContent[] | undefined;
  /** Decides on calls that need approval. Without it they are refused. */
  readonly approve?:
    | ((approval: Approval) => boolean | ApprovalDecision | Promise<boolean | ApprovalDecision>)
    | undefined;
  /** Aborting it stops the turn. The text so far is stored. */
  readonly signal?: AbortSignal | undefined;
}

/** Yields the events of the turn until `turn_ended`. Leaving the loop stops the turn. @throws AppError when the message is rejected. */
export async function* askInProcess(
  { config }: Pick<App, "config">,
  sessions: SessionRegistry,
  message: string,
  options: AskOptions,
): AsyncGenerator<ChatEvent, void> {
  const {
    session: name,
    caller: callerName = "",
    request = DEFAULT_REQUEST,
    model,
    attachments,
    approve,
  } = options;
  const { signal = new AbortController().signal } = options;
  const client = identifyClient(request.headers, createHostCaller(callerName), "", config);
  await sessions.admit(client);
  const session =
    name === undefined
      ? sessions.create(client.caller, client.credentials)
      : await sessions.openNamed(name, client, ["here"]);
  const { caller, spender } = client;
  const canApprove = approve !== undefined;
  const turnRequest = { caller, message, model, attachments, canApprove, spender };
  for await (const { event } of streamTurn(sessions, session, turnRequest, signal, {
    waitForApproval: true,
  })) {
    yield event;
    if (event.type === "turn_waiting" && approve)
      await decideApproval(session, caller, event.turn.approval, approve);
  }
}

const DEFAULT_REQUEST = new Request("http://localhost/");

async function decideApproval(
  session: LiveSession,
  caller: Caller,
  approval: Approval,
  approve: NonNullable<AskOptions["approve"]>,
): Promise<void> {
  const result = await approve(approval);
  const decision = typeof result === "boolean" ? { approved: result } : result;
  try {
    await session.decideApproval({ ...decision, caller, approvalId: approval.id, forSession: false });
  } catch (error) {
    // The approval has expired or the turn was stopped; the end of the turn follows.
    if (!(error instanceof AppError) || error.code !== "approval_not_found") throw error;
  }
}
