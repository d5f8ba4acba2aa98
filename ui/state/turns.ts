/** Which answer a frame belongs to: two tabs may ask in one conversation, and its turns run one after the other. */
import type { Typing } from "../protocol.ts";
import { questionFrom } from "./history.ts";
import { begun, isLive, newAnswer } from "./reply.ts";
import type { Answer, ChatState, Question } from "./types.ts";

/** The answer that is being made, if any; else the one that is next. */
export function liveAnswer(state: ChatState): Answer | undefined {
  return state.entries.find((entry): entry is Answer => entry.kind === "answer" && isLive(entry));
}

/** The answer of this page's own question that the server has not begun. */
export function pendingAnswer(state: ChatState): Answer | undefined {
  return state.entries.find(
    (entry): entry is Answer => entry.kind === "answer" && isLive(entry) && entry.turnId === undefined,
  );
}

/** What an answer answers. */
export function questionOf(state: ChatState, answerId: string): Question | undefined {
  const at = state.entries.findIndex((entry) => entry.id === answerId);
  return state.entries.slice(0, Math.max(at, 0)).findLast((entry) => entry.kind === "question");
}

export function changeAnswer(
  state: ChatState,
  answer: Answer | undefined,
  change: (answer: Answer) => Answer,
): ChatState {
  const at = answer === undefined ? -1 : state.entries.indexOf(answer);
  return answer === undefined || at < 0
    ? state
    : { ...state, entries: state.entries.with(at, change(answer)) };
}

/** Changes the answer of a turn: the one that has begun with it, else the one that is next to begin. */
export function changeTurn(state: ChatState, turnId: string, change: (answer: Answer) => Answer): ChatState {
  const answer = runningAnswer(state, turnId) ?? pendingAnswer(state);
  return changeAnswer(state, answer, (before) => change({ ...begun(before), turnId }));
}

/** A turn begins: this page's own, or one that another tab asked for, which stands before what is still to begin. */
export function turnBegan(state: ChatState, { turn_id: turnId, question }: Typing): ChatState {
  if (runningAnswer(state, turnId) !== undefined) return state;
  const pending = pendingAnswer(state);
  if (question === undefined && pending !== undefined) return changeTurn(state, turnId, (answer) => answer);
  const id = question?.message_id ?? `entry-${state.made}`;
  const answer: Answer = { ...newAnswer(`${id}-answer`), status: "running", turnId };
  const begins = question === undefined ? [answer] : [questionFrom(question), answer];
  const own = pending === undefined ? undefined : (questionOf(state, pending.id) ?? pending);
  const at = own === undefined ? state.entries.length : state.entries.indexOf(own);
  return {
    ...state,
    entries: state.entries.toSpliced(at, 0, ...begins),
    waiting: state.waiting.filter(({ text, isUnsure }) => isUnsure !== true || text !== question?.content),
    made: state.made + 1,
  };
}

function runningAnswer(state: ChatState, turnId: string): Answer | undefined {
  return state.entries.find(
    (entry): entry is Answer => entry.kind === "answer" && isLive(entry) && entry.turnId === turnId,
  );
}
