/** The actions of the user: each changes the state, and sends a frame where the server must know. */

import type { Connection } from "./connection.ts";
import { t } from "./language/language.ts";
import type { SignInOption } from "./protocol.ts";
import type { Action } from "./state/actions.ts";
import { olderFrame } from "./state/older.ts";
import { findLiveReply } from "./state/turns.ts";
import type { Attachment, ChatState, Feedback, Sought } from "./state/types.ts";

export interface ChatActions {
  /** Changes the text in the message field. */
  readonly draft: (text: string) => void;
  readonly send: (text: string, attachments?: readonly Attachment[]) => void;
  /** Attaches files to the draft. `problem` says why other files were rejected. */
  readonly attach: (files: readonly Omit<Attachment, "id">[], problem: string | undefined) => void;
  readonly detach: (id: string) => void;
  /** Requests the page before the messages that are there. Does nothing if there is none, or it is on its way. */
  readonly loadOlder: () => void;
  readonly stop: () => void;
  /** Allows or denies calls that wait for approval. */
  readonly decide: (approvalId: string, calls: readonly string[], decision: Decision) => void;
  /** Changes the arguments of a call that waits for approval. The server checks them, and requests approval again. */
  readonly edit: (approvalId: string, call: string, values: Readonly<Record<string, unknown>>) => void;
  readonly retry: (replyId: string) => void;
  /** Removes a failed turn, and moves its message to the draft. */
  readonly retract: (replyId: string) => void;
  /** Shows the rating of a reply, or none. */
  readonly rate: (replyId: string, feedback: Feedback | undefined) => void;
  readonly chooseModel: (model: string) => void;
  readonly removeQueued: (id: string) => void;
  /** Sends a queued message although the server may already have it. */
  readonly confirmQueued: (id: string) => void;
  /**
   * Opens another session, or a new one. A running turn continues on the server. Queued messages become the draft of
   * the conversation that they belong to. `messageId` is a message to show.
   */
  readonly openSession: (session: string | undefined, messageId?: string) => void;
  /** Loads older messages until what the user wants to see is there. Undefined when it is shown. */
  readonly seek: (sought: Sought | undefined) => void;
  /** Sends `value` and does not store it. */
  readonly signIn: (option: SignInOption, value: Readonly<Record<string, string>>) => void;
  /** Signs out of all APIs. */
  readonly signOut: () => void;
  readonly dismissAlert: () => void;
  readonly dismissNote: () => void;
  readonly reconnect: () => void;
  /** Holds messages back until `release`: the user must sign in again. The connection stays. */
  readonly hold: () => void;
  /** Connects again, with the user's new session, and sends what was held back. */
  readonly release: () => void;
  /** Holds messages back and drops the connection: nobody is signed in. */
  readonly suspend: () => void;
}

export type Decision =
  /** `session` allows further calls of the same operations without approval in this session. */
  | { readonly approved: true; readonly scope: "once" | "session" }
  /** The assistant reads `reason`. */
  | { readonly approved: false; readonly reason: string };

interface ActionContext {
  readonly state: () => ChatState;
  readonly update: (...actions: readonly Action[]) => void;
  readonly connection: Connection;
}

export function createChatActions({ state, update, connection }: ActionContext): ChatActions {
  return {
    draft: (text) => update({ type: "drafted", text }),
    send: (text, attachments = []) => update({ type: "queued", text, attachments }),
    attach: (files, problem) => update({ type: "attached", files, problem }),
    detach: (id) => update({ type: "detached", id }),
    loadOlder() {
      const frame = olderFrame(state());
      if (frame !== undefined && connection.send(frame)) update({ type: "older_requested" });
    },
    stop() {
      const live = findLiveReply(state());
      if (live === undefined || live.status === "stopping") return;
      if (connection.send({ type: "stop" })) update({ type: "stopping" });
    },
    decide(approvalId, calls, decision) {
      const { approved } = decision;
      const frame = { type: "approve", approval_id: approvalId, approved, tool_call_ids: calls } as const;
      const isSent =
        state().link === "open" &&
        connection.send(
          decision.approved
            ? { ...frame, scope: decision.scope }
            : { ...frame, scope: "once", ...(decision.reason !== "" && { reason: decision.reason }) },
        );
      if (isSent) update({ type: "decided", approvalId, calls, approved });
    },
    edit(approvalId, call, values) {
      const frame = { type: "edit", approval_id: approvalId, tool_call_id: call, arguments: values } as const;
      if (state().link === "open" && connection.send(frame)) update({ type: "editing", approvalId, call });
    },
    retry: (id) => update({ type: "retried", id }),
    retract: (id) => update({ type: "retracted", id }),
    rate: (id, feedback) => update({ type: "rated", id, feedback }),
    chooseModel: (model) => update({ type: "model_chosen", model }),
    removeQueued: (id) => update({ type: "withdrawn", id }),
    confirmQueued: (id) => update({ type: "confirmed", id }),
    seek: (sought) => update({ type: "sought", sought }),
    openSession(session, messageId) {
      const files = state().queue.flatMap(({ attachments = [] }) => attachments);
      connection.renew();
      update(
        { type: "opened", session, reason: "chosen" },
        { type: "sought", sought: messageId === undefined ? undefined : { messageId } },
        ...(files.length === 0 ? [] : [{ type: "attached", files, problem: undefined } as const]),
      );
    },
    signIn(option, value) {
      const { api, scheme } = option;
      // During a resume the provisional session would receive the credentials, and it is about to be discarded.
      const isSent = state().link === "open" && connection.send({ type: "auth", api, scheme, value });
      update(
        isSent
          ? { type: "signing_in", option }
          : { type: "sign_in_failed", option, message: t("signIn.notConnected") },
      );
    },
    signOut() {
      connection.send({ type: "logout" });
      update({ type: "signed_out" });
    },
    dismissAlert: () => update({ type: "alert_dismissed" }),
    dismissNote: () => update({ type: "note_dismissed" }),
    reconnect: () => connection.reconnect(),
    hold: () => update({ type: "held", isHeld: true }),
    release() {
      connection.renew();
      update({ type: "held", isHeld: false });
    },
    suspend() {
      update({ type: "held", isHeld: true });
      connection.suspend();
    },
  };
}
