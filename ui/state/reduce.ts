/** What happened → what the page shows. Pure: time, sockets and storage are elsewhere (chat.ts). */
import type { NoticeFrame, ServerFrame } from "../protocol.ts";
import {
  begun,
  failed,
  failureOf,
  finished,
  isLive,
  newAnswer,
  withCall,
  withDelta,
  withNotice,
  withResult,
} from "./answer.ts";
import { withAttached, withoutAttached } from "./attachments.ts";
import { established, startedAfresh } from "./link.ts";
import { withoutSession, withRefusal, withSignIn } from "./sign-in.ts";
import type { Action, Answer, ChatState, Entry, Question } from "./types.ts";

export function reduce(state: ChatState, action: Action): ChatState {
  switch (action.type) {
    case "frame":
      return received(state, action.frame);
    case "link":
      return { ...state, link: action.link, signIn: withoutSession(state) };
    case "resume_failed":
      return startedAfresh(state);
    case "asked":
      return queued(state, action);
    case "attached":
      return withAttached(state, action.files, action.problem);
    case "detached":
      return withoutAttached(state, action.id);
    case "sent":
      return sent(state);
    case "withdrawn":
      return { ...state, waiting: state.waiting.filter(({ id }) => id !== action.id) };
    case "stopping":
      return changeLive(state, (answer) => ({ ...answer, status: "stopping" }));
    case "retried":
      return retried(state, action.id);
    case "taken_back":
      return takenBack(state, action.id);
    case "model_chosen":
      return { ...state, model: action.model };
    case "cleared":
      return cleared(state);
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

/** The answer that is being made, if any. */
export function liveAnswer(state: ChatState): Answer | undefined {
  return state.entries.findLast((entry): entry is Answer => entry.kind === "answer" && isLive(entry));
}

/** What an answer answers. */
export function questionOf(state: ChatState, answerId: string): Question | undefined {
  const at = state.entries.findIndex((entry) => entry.id === answerId);
  return state.entries.slice(0, Math.max(at, 0)).findLast((entry) => entry.kind === "question");
}

/** May the first waiting message go out now? */
export function maySend(state: ChatState): boolean {
  return (
    state.link === "open" && !state.clearing && state.waiting.length > 0 && liveAnswer(state) === undefined
  );
}

function received(state: ChatState, frame: ServerFrame): ChatState {
  if ("seq" in frame) {
    // After a resume the server repeats what it is not sure of.
    if (state.session === undefined || frame.seq <= state.session.lastSeq) return state;
    return told({ ...state, session: { ...state.session, lastSeq: frame.seq } }, frame);
  }
  return told(state, frame);
}

function told(state: ChatState, frame: ServerFrame): ChatState {
  if (frame.type === "history_cleared") return { ...state, clearing: false };
  if (frame.type === "auth_configured") return withSignIn(state, frame, { status: "configured" });
  if (state.clearing && frame.type !== "connection_established") return state;
  switch (frame.type) {
    case "connection_established":
      return established(state, frame);
    case "typing":
      return changeLive(state, begun);
    case "text_delta":
      return changeLive(state, (answer) => withDelta(begun(answer), "text", frame.text));
    case "reasoning_delta":
      return changeLive(state, (answer) => withDelta(begun(answer), "reasoning", frame.text));
    case "tool_call":
      return changeLive(state, (answer) => withCall(begun(answer), frame));
    case "tool_result":
      return changeLive(state, (answer) => withResult(answer, frame));
    case "ai_response":
      return changeLive(state, (answer) => finished(answer, frame));
    case "notice":
      return noticed(state, frame);
    case "error":
      return errored(state, frame);
    default:
      return state;
  }
}

function errored(state: ChatState, frame: Extract<ServerFrame, { type: "error" }>): ChatState {
  if (state.link === "resuming") return startedAfresh(state);
  // Of all that the page sends, only what somebody typed to sign in with can be malformed.
  const refused =
    frame.code === "bad_frame" && !("turn_id" in frame) ? withRefusal(state, frame.message) : undefined;
  if (refused !== undefined) return refused;
  const live = liveAnswer(state);
  // Without a `seq` it is about a single frame: the message just sent, or one that does not matter to the running turn.
  const endsTurn = "turn_id" in frame || live?.status === "sent";
  if (live === undefined || !endsTurn) return { ...state, alert: frame.message };
  return changeLive(state, (answer) => failed(answer, failureOf(frame)));
}

function noticed(state: ChatState, frame: NoticeFrame): ChatState {
  if (frame.code === "logged_out") return state;
  const isOfTurn = frame.code !== "spec_reloaded" && liveAnswer(state) !== undefined;
  if (!isOfTurn) return { ...state, note: frame.message };
  return changeLive(state, (answer) => withNotice(begun(answer), frame));
}

function queued(state: ChatState, asked: Extract<Action, { type: "asked" }>): ChatState {
  const text = asked.text.trim();
  if (text === "") return state;
  const id = `entry-${state.made}`;
  const { attachments = [] } = asked;
  const message = attachments.length === 0 ? { id, text } : { id, text, attachments };
  return {
    ...state,
    waiting: [...state.waiting, message],
    attached: state.attached.filter((file) => !attachments.includes(file)),
    attachProblem: attachments.length === 0 ? state.attachProblem : undefined,
    made: state.made + 1,
  };
}

function sent(state: ChatState): ChatState {
  const [first, ...waiting] = state.waiting;
  if (first === undefined) return state;
  const question: Entry = { kind: "question", ...first };
  return { ...state, waiting, entries: [...state.entries, question, newAnswer(`${first.id}-answer`)] };
}

/** A failed turn goes back to the head of the queue. */
function retried(state: ChatState, id: string): ChatState {
  const question = questionOf(state, id);
  if (question === undefined) return state;
  const { kind: _, ...message } = question;
  const again = { ...message, id: `entry-${state.made}` };
  return { ...withoutTurn(state, id), waiting: [again, ...state.waiting], made: state.made + 1 };
}

/** Its files go back to where its text goes. */
function takenBack(state: ChatState, id: string): ChatState {
  const files = questionOf(state, id)?.attachments ?? [];
  const rest = withoutTurn(state, id);
  return files.length === 0 ? rest : withAttached(rest, files, undefined);
}

function withoutTurn(state: ChatState, id: string): ChatState {
  const question = questionOf(state, id);
  return { ...state, entries: state.entries.filter((entry) => entry.id !== id && entry !== question) };
}

function cleared(state: ChatState): ChatState {
  const connected = state.link === "open";
  return {
    ...state,
    entries: [],
    waiting: [],
    alert: undefined,
    note: undefined,
    clearing: connected,
    // Without a connection the old session cannot be told; it must not come back either.
    session: connected ? state.session : undefined,
  };
}

function changeLive(state: ChatState, change: (answer: Answer) => Answer): ChatState {
  const at = state.entries.findLastIndex((entry) => entry.kind === "answer" && isLive(entry));
  const answer = state.entries[at];
  if (answer?.kind !== "answer") return state;
  return { ...state, entries: state.entries.with(at, change(answer)) };
}
