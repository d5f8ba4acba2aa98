/** Messages on their way: written, waiting, sent, and back again when they failed. */

import { withAttached } from "./attachments.ts";
import { newAnswer } from "./reply.ts";
import { liveAnswer, questionOf } from "./turns.ts";
import type { Action, ChatState, Entry, Waiting } from "./types.ts";

/** What may go out now, if anything. */
export function nextToSend(state: ChatState): Waiting | undefined {
  if (state.link !== "open" || liveAnswer(state) !== undefined) return undefined;
  return state.waiting.find(({ isUnsure }) => isUnsure !== true);
}

export function queued(state: ChatState, asked: Extract<Action, { type: "asked" }>): ChatState {
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

export function sent(state: ChatState): ChatState {
  const message = nextToSend(state);
  if (message === undefined) return state;
  const question: Entry = { kind: "question", ...message };
  return {
    ...state,
    waiting: state.waiting.filter((other) => other !== message),
    entries: [...state.entries, question, newAnswer(`${message.id}-answer`)],
  };
}

export function withdrawn(state: ChatState, id: string): ChatState {
  return { ...state, waiting: state.waiting.filter((message) => message.id !== id) };
}

export function confirmed(state: ChatState, id: string): ChatState {
  const waiting = state.waiting.map((message) => {
    const { isUnsure: _, ...sure } = message;
    return message.id === id ? sure : message;
  });
  return { ...state, waiting };
}

/** A failed turn goes back to the head of the queue. */
export function retried(state: ChatState, id: string): ChatState {
  const question = questionOf(state, id);
  if (question === undefined) return state;
  const { kind: _, files: __, ...message } = question;
  const again = { ...message, id: `entry-${state.made}` };
  return { ...withoutTurn(state, id), waiting: [again, ...state.waiting], made: state.made + 1 };
}

/** Its files go back to where its text goes. */
export function takenBack(state: ChatState, id: string): ChatState {
  const files = questionOf(state, id)?.attachments ?? [];
  const rest = withoutTurn(state, id);
  return files.length === 0 ? rest : withAttached(rest, files, undefined);
}

function withoutTurn(state: ChatState, id: string): ChatState {
  const question = questionOf(state, id);
  return { ...state, entries: state.entries.filter((entry) => entry.id !== id && entry !== question) };
}
