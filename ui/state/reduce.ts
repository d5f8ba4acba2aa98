/** What happened → what the page shows. Pure: time, sockets and storage are elsewhere (chat.ts). */
import type { NoticeFrame, ServerFrame } from "../protocol.ts";
import { answeredElsewhere, decided, withApproval } from "./approval.ts";
import { withAttached, withoutAttached } from "./attachments.ts";
import { established, linked, opened, startedAfresh } from "./connection.ts";
import { begun, failed, failureOf, finished, withCall, withDelta, withNotice, withResult } from "./reply.ts";
import { withRefusal, withSignIn } from "./sign-in.ts";
import { withSnapshot } from "./snapshot.ts";
import { changeAnswer, changeTurn, liveAnswer, pendingAnswer, questionOf, turnBegan } from "./turns.ts";
import type { Action, ChatState, Failure } from "./types.ts";
import { confirmed, queued, retried, sent, takenBack, withdrawn } from "./unsent-messages.ts";

export function reduce(state: ChatState, action: Action): ChatState {
  switch (action.type) {
    case "frame":
      return received(state, action.frame);
    case "link":
      return linked(state, action.link);
    case "opened":
      return opened(state, action.session, action.why);
    case "asked":
      return queued(state, action);
    case "attached":
      return withAttached(state, action.files, action.problem);
    case "detached":
      return withoutAttached(state, action.id);
    case "sent":
      return sent(state);
    case "withdrawn":
      return withdrawn(state, action.id);
    case "confirmed":
      return confirmed(state, action.id);
    case "decided":
      return decided(state, action.approvalId, action.calls, action.approved);
    case "stopping":
      return changeAnswer(state, liveAnswer(state), (answer) => ({ ...answer, status: "stopping" }));
    case "retried":
      return retried(state, action.id);
    case "taken_back":
      return takenBack(state, action.id);
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

function received(state: ChatState, frame: ServerFrame): ChatState {
  if (frame.type === "snapshot") return withSnapshot(state, frame);
  if ("seq" in frame) {
    // After a resume the server repeats what it is not sure of.
    if (state.session === undefined || frame.seq <= state.session.lastSeq) return state;
    return told({ ...state, session: { ...state.session, lastSeq: frame.seq } }, frame);
  }
  return told(state, frame);
}

function told(state: ChatState, frame: ServerFrame): ChatState {
  switch (frame.type) {
    case "connection_established":
      return established(state, frame);
    case "typing":
      return turnBegan(state, frame);
    case "text_delta":
      return changeTurn(state, frame.turn_id, (answer) => withDelta(answer, "text", frame.text));
    case "reasoning_delta":
      return changeTurn(state, frame.turn_id, (answer) => withDelta(answer, "reasoning", frame.text));
    case "tool_call":
      return changeTurn(state, frame.turn_id, (answer) => withCall(answer, frame));
    case "tool_result":
      return changeTurn(state, frame.turn_id, (answer) => withResult(answer, frame));
    case "approval_request":
      return changeTurn(state, frame.turn_id, (answer) => withApproval(answer, frame));
    case "ai_response":
      return changeTurn(state, frame.turn_id, (answer) => finished(answer, frame));
    case "notice":
      return noticed(state, frame);
    case "error":
      return errored(state, frame);
    // Another client of this session cleared it.
    case "history_cleared":
      return { ...state, entries: [] };
    case "auth_configured":
      return withSignIn(state, frame, { status: "configured" });
    default:
      return state;
  }
}

function errored(state: ChatState, frame: Extract<ServerFrame, { type: "error" }>): ChatState {
  // What may go well another time is asked for again (chat.ts).
  if (state.link === "resuming") return frame.retryable ? state : startedAfresh(state);
  if ("turn_id" in frame)
    return changeTurn(state, frame.turn_id, (answer) =>
      failed(answer, failureFor(state, answer.id, failureOf(frame))),
    );
  // Without a turn it is about a single frame: the message just sent, or one that does not matter to the running turn.
  return (
    (frame.code === "approval_not_found" ? answeredElsewhere(state) : undefined) ??
    // Of all that the page sends, only what somebody typed to sign in with can be malformed.
    (frame.code === "bad_frame" ? withRefusal(state, frame.message) : undefined) ??
    refused(state, failureOf(frame))
  );
}

function refused(state: ChatState, failure: Failure): ChatState {
  const pending = pendingAnswer(state);
  if (pending === undefined) return { ...state, alert: failure.message };
  return changeAnswer(state, pending, (answer) => failed(answer, failure));
}

/** A question whose files are not at hand cannot be asked again as it was. */
function failureFor(state: ChatState, answerId: string, failure: Failure): Failure {
  const isWhole = questionOf(state, answerId)?.files === undefined;
  return { ...failure, retryable: failure.retryable && isWhole };
}

function noticed(state: ChatState, frame: NoticeFrame): ChatState {
  if (frame.code === "logged_out") return state;
  const live = frame.code === "spec_reloaded" ? undefined : liveAnswer(state);
  if (live === undefined) return { ...state, note: frame.message };
  return changeAnswer(state, live, (answer) => withNotice(begun(answer), frame));
}
