/** What happened → what the page shows. Pure: time, sockets and storage are elsewhere (chat.ts). */
import type { NoticeFrame, ServerFrame } from "../protocol.ts";
import { applyDecision, markDecidedElsewhere, withApproval } from "./approval.ts";
import { withAttached, withoutAttached } from "./attachments.ts";
import { applyEstablished, applyLink, openConversation, startFresh } from "./connection.ts";
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
import { withSignIn, withSignInRefusal } from "./sign-in.ts";
import { applySnapshot } from "./snapshot.ts";
import {
  findLiveReply,
  findPendingReply,
  findUserMessage,
  startTurn,
  updateReply,
  updateTurnReply,
} from "./turns.ts";
import type { Action, ChatState, Failure } from "./types.ts";
import {
  confirmQueued,
  enqueueMessage,
  markSent,
  removeQueued,
  retractTurn,
  retryTurn,
} from "./unsent-messages.ts";

export function reduce(state: ChatState, action: Action): ChatState {
  switch (action.type) {
    case "frame":
      return receiveFrame(state, action.frame);
    case "link":
      return applyLink(state, action.link);
    case "opened":
      return openConversation(state, action.session, action.why);
    case "asked":
      return enqueueMessage(state, action);
    case "attached":
      return withAttached(state, action.files, action.problem);
    case "detached":
      return withoutAttached(state, action.id);
    case "sent":
      return markSent(state);
    case "withdrawn":
      return removeQueued(state, action.id);
    case "confirmed":
      return confirmQueued(state, action.id);
    case "decided":
      return applyDecision(state, action.approvalId, action.calls, action.approved);
    case "stopping":
      return updateReply(state, findLiveReply(state), (answer) => ({ ...answer, status: "stopping" }));
    case "retried":
      return retryTurn(state, action.id);
    case "taken_back":
      return retractTurn(state, action.id);
    case "model_chosen":
      return { ...state, model: action.model };
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
    // After a resume the server repeats what it is not sure of.
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
      return updateTurnReply(state, frame.turn_id, (answer) => withDelta(answer, "text", frame.text));
    case "reasoning_delta":
      return updateTurnReply(state, frame.turn_id, (answer) => withDelta(answer, "reasoning", frame.text));
    case "tool_call":
      return updateTurnReply(state, frame.turn_id, (answer) => withCall(answer, frame));
    case "tool_result":
      return updateTurnReply(state, frame.turn_id, (answer) => withResult(answer, frame));
    case "approval_request":
      return updateTurnReply(state, frame.turn_id, (answer) => withApproval(answer, frame));
    case "ai_response":
      return updateTurnReply(state, frame.turn_id, (answer) => finishReply(answer, frame));
    case "notice":
      return applyNotice(state, frame);
    case "error":
      return applyError(state, frame);
    // Another client of this session cleared it.
    case "history_cleared":
      return { ...state, entries: [] };
    case "auth_configured":
      return withSignIn(state, frame, { status: "configured" });
    default:
      return state;
  }
}

function applyError(state: ChatState, frame: Extract<ServerFrame, { type: "error" }>): ChatState {
  // What may go well another time is asked for again (chat.ts).
  if (state.link === "resuming") return frame.retryable ? state : startFresh(state);
  if ("turn_id" in frame)
    return updateTurnReply(state, frame.turn_id, (answer) =>
      failReply(answer, toReplyFailure(state, answer.id, toFailure(frame))),
    );
  // Without a turn it is about a single frame: the message just sent, or one that does not matter to the running turn.
  return (
    (frame.code === "approval_not_found" ? markDecidedElsewhere(state) : undefined) ??
    // Of all that the page sends, only what somebody typed to sign in with can be malformed.
    (frame.code === "bad_frame" ? withSignInRefusal(state, frame.message) : undefined) ??
    applyRefusal(state, toFailure(frame))
  );
}

function applyRefusal(state: ChatState, failure: Failure): ChatState {
  const pending = findPendingReply(state);
  if (pending === undefined) return { ...state, alert: failure.message };
  return updateReply(state, pending, (answer) => failReply(answer, failure));
}

/** A question whose files are not at hand cannot be asked again as it was. */
function toReplyFailure(state: ChatState, replyId: string, failure: Failure): Failure {
  const canResend = findUserMessage(state, replyId)?.files === undefined;
  return { ...failure, retryable: failure.retryable && canResend };
}

function applyNotice(state: ChatState, frame: NoticeFrame): ChatState {
  if (frame.code === "logged_out") return state;
  const active = frame.code === "spec_reloaded" ? undefined : findLiveReply(state);
  if (active === undefined) return { ...state, note: frame.message };
  return updateReply(state, active, (answer) => withNotice(markRunning(answer), frame));
}
