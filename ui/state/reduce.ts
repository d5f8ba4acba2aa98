/** Computes the next state from an action or a frame. Pure: time, sockets and storage belong to chat.ts. */
import type { NoticeFrame, ServerFrame } from "../protocol.ts";
import type { Action } from "./actions.ts";
import {
  applyDecision,
  markDecidedElsewhere,
  markEditing,
  withApproval,
  withEditRefusal,
} from "./approval.ts";
import { withAttached, withoutAttached } from "./attachments.ts";
import { applyEstablished, applyLink, openConversation, startFresh } from "./connection.ts";
import { moveDraft, withDraft } from "./draft.ts";
import {
  confirmQueued,
  enqueueMessage,
  markSent,
  removeQueued,
  retractTurn,
  retryTurn,
} from "./message-queue.ts";
import { applyPage } from "./older.ts";
import {
  failReply,
  finishReply,
  markRunning,
  toFailure,
  withCall,
  withDelta,
  withNotice,
  withResult,
} from "./reply.ts";
import { judgeSignIn, withSignIn, withSignInRefusal } from "./sign-in.ts";
import { applySnapshot } from "./snapshot.ts";
import { addToTotal } from "./total.ts";
import {
  findLiveReply,
  findPendingReply,
  findReply,
  findUserMessage,
  startTurn,
  updateReply,
  updateTurnReply,
} from "./turns.ts";
import { type ChatState, type Failure, INITIAL_STATE, NO_TOTAL } from "./types.ts";

export function reduce(state: ChatState, action: Action): ChatState {
  const next = applyAction(state, action);
  return action.type === "opened" ? next : moveDraft(state, next);
}

function applyAction(state: ChatState, action: Action): ChatState {
  switch (action.type) {
    case "frame":
      return receiveFrame(state, action.frame);
    case "link":
      return applyLink(state, action.link);
    case "opened":
      return openConversation(state, action.session, action.reason);
    case "drafted":
      return withDraft(state, action.text);
    case "held":
      return { ...state, isHeld: action.isHeld };
    case "queued":
      return enqueueMessage(state, action);
    case "attached":
      return withAttached(state, action.files, action.problem);
    case "detached":
      return withoutAttached(state, action.id);
    case "sent":
      return markSent(state, action.at);
    case "sought":
      return { ...state, sought: action.sought };
    case "older_requested":
      return { ...state, older: { ...state.older, isLoading: true } };
    case "withdrawn":
      return removeQueued(state, action.id);
    case "confirmed":
      return confirmQueued(state, action.id);
    case "decided":
      return applyDecision(state, action.approvalId, action.calls, action.approved);
    case "editing":
      return markEditing(state, action.approvalId, action.call);
    case "stopping":
      return updateReply(state, findLiveReply(state), (reply) => ({ ...reply, status: "stopping" }));
    case "retried":
      return retryTurn(state, action.id);
    case "retracted":
      return retractTurn(state, action.id);
    case "model_chosen":
      return { ...state, model: action.model };
    case "rated":
      return updateReply(state, findReply(state, action.id), (reply) => ({
        ...reply,
        feedback: action.feedback,
      }));
    case "signing_in":
      return withSignIn(state, action.option, { status: "sending" });
    case "sign_in_failed":
      return withSignIn(state, action.option, { status: "failed", message: action.message });
    case "signed_out":
      return { ...state, signIn: { states: {}, isLost: false } };
    case "alert_dismissed":
      return { ...state, alert: undefined };
    case "note_dismissed":
      return { ...state, note: undefined };
  }
}

function receiveFrame(state: ChatState, frame: ServerFrame): ChatState {
  if (frame.type === "snapshot") return applySnapshot(state, frame);
  if ("seq" in frame) {
    // After a resume, the server may repeat frames.
    if (state.session === undefined || frame.seq <= state.session.lastSeq) return state;
    return applyFrame({ ...state, session: { ...state.session, lastSeq: frame.seq } }, frame);
  }
  return applyFrame(state, frame);
}

function applyFrame(state: ChatState, frame: ServerFrame): ChatState {
  switch (frame.type) {
    case "connection_established":
      return applyEstablished(state, frame);
    case "typing":
      return startTurn(state, frame);
    case "text_delta":
      return updateTurnReply(state, frame.turn_id, (reply) => withDelta(reply, "text", frame.text));
    case "reasoning_delta":
      return updateTurnReply(state, frame.turn_id, (reply) => withDelta(reply, "reasoning", frame.text));
    case "tool_call":
      return updateTurnReply(state, frame.turn_id, (reply) => withCall(reply, frame));
    case "tool_result":
      return judgeSignIn(
        updateTurnReply(state, frame.turn_id, (reply) => withResult(reply, frame)),
        frame,
      );
    case "approval_request":
      return updateTurnReply(state, frame.turn_id, (reply) => withApproval(reply, frame));
    case "ai_response":
      return updateTurnReply({ ...state, total: addToTotal(state.total, frame) }, frame.turn_id, (reply) =>
        finishReply(reply, frame),
      );
    case "notice":
      return applyNotice(state, frame);
    case "error":
      return applyError(state, frame);
    // Another client of this session cleared the history.
    case "history_cleared":
      return { ...state, entries: [], older: INITIAL_STATE.older, total: NO_TOTAL };
    case "history":
      return applyPage(state, frame);
    case "auth_configured":
      return withSignIn(state, frame, { status: "configured" });
    default:
      return state;
  }
}

function applyError(state: ChatState, frame: Extract<ServerFrame, { type: "error" }>): ChatState {
  if (frame.code === "unauthorized" && !("turn_id" in frame)) return holdRefused(state);
  // After a retryable failure, `resume` is sent again (resumer.ts).
  if (state.link === "resuming") return frame.retryable ? state : startFresh(state);
  if ("turn_id" in frame)
    return updateTurnReply(state, frame.turn_id, (reply) =>
      failReply(reply, toReplyFailure(state, reply.id, toFailure(frame))),
    );
  // An error without a turn refers to one frame: the message just sent, or a frame that does not affect the turn.
  return (
    (frame.code === "approval_not_found" ? markDecidedElsewhere(state) : undefined) ??
    // Messages wait while a call does: only changed arguments can be refused so then.
    (frame.code === "bad_request" ? withEditRefusal(state, frame.message) : undefined) ??
    // Of all frames that the page sends, only credentials can be malformed.
    (frame.code === "bad_frame" ? withSignInRefusal(state, frame.message) : undefined) ??
    applyRefusal(state, toFailure(frame))
  );
}

/** Queues the message that the server has refused, until the user has signed in again. */
function holdRefused(state: ChatState): ChatState {
  const pending = findPendingReply(state);
  const held = { ...state, isHeld: true };
  return pending === undefined ? held : retryTurn(held, pending.id);
}

function applyRefusal(state: ChatState, failure: Failure): ChatState {
  const pending = findPendingReply(state);
  if (pending === undefined)
    return { ...state, alert: [failure.message, failure.detail].filter(Boolean).join("\n") };
  return updateReply(state, pending, (reply) => failReply(reply, failure));
}

/** Marks the failure as not retryable if the page does not have the message's files. */
function toReplyFailure(state: ChatState, replyId: string, failure: Failure): Failure {
  const canResend = findUserMessage(state, replyId)?.files === undefined;
  return { ...failure, retryable: failure.retryable && canResend };
}

function applyNotice(state: ChatState, frame: NoticeFrame): ChatState {
  if (frame.code === "logged_out") return state;
  const active = frame.code === "spec_reloaded" ? undefined : findLiveReply(state);
  if (active === undefined) return { ...state, note: frame.message };
  return updateReply(state, active, (reply) => withNotice(markRunning(reply), frame));
}
