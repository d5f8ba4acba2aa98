/** The queue of messages: queued, sent, and queued again after a failure. */
import type { Action } from "./actions.ts";
import { withAttached } from "./attachments.ts";
import { prependToDraft } from "./draft.ts";
import { createReply } from "./reply.ts";
import { findLiveReply, findUserMessage } from "./turns.ts";
import type { ChatState, Entry, QueuedMessage, UserMessage } from "./types.ts";

/** Returns the message that can be sent now. Returns undefined while a turn runs, the connection is not open or messages are held. */
export function findNextToSend(state: ChatState): QueuedMessage | undefined {
  if (state.link !== "open" || state.isHeld || findLiveReply(state) !== undefined) return undefined;
  return state.queue.find(({ isUnconfirmed }) => isUnconfirmed !== true);
}

export function enqueueMessage(state: ChatState, action: Extract<Action, { type: "queued" }>): ChatState {
  const text = action.text.trim();
  if (text === "") return state;
  const id = `entry-${state.nextId}`;
  const { attachments = [] } = action;
  const message = attachments.length === 0 ? { id, text } : { id, text, attachments };
  return {
    ...state,
    queue: [...state.queue, message],
    attached: state.attached.filter((file) => !attachments.includes(file)),
    attachProblem: attachments.length === 0 ? state.attachProblem : undefined,
    nextId: state.nextId + 1,
  };
}

export function markSent(state: ChatState, at: string | undefined): ChatState {
  const message = findNextToSend(state);
  if (message === undefined) return state;
  const userMessage: Entry = { kind: "user", ...message, ...(at !== undefined && { at }) };
  return {
    ...state,
    missing: undefined,
    queue: state.queue.filter((other) => other !== message),
    entries: [...state.entries, userMessage, createReply(`${message.id}-reply`)],
  };
}

export function removeQueued(state: ChatState, id: string): ChatState {
  return { ...state, queue: state.queue.filter((message) => message.id !== id) };
}

export function confirmQueued(state: ChatState, id: string): ChatState {
  const queue = state.queue.map((message) => {
    const { isUnconfirmed: _, ...rest } = message;
    return message.id === id ? rest : message;
  });
  return { ...state, queue };
}

/** Returns a message that was sent, to send it again. */
export function toQueuedMessage({ id, text, attachments }: UserMessage): QueuedMessage {
  return attachments === undefined ? { id, text } : { id, text, attachments };
}

/** Moves the message of a failed turn to the head of the queue. */
export function retryTurn(state: ChatState, id: string): ChatState {
  const userMessage = findUserMessage(state, id);
  if (userMessage === undefined) return state;
  const retry = { ...toQueuedMessage(userMessage), id: `entry-${state.nextId}` };
  return { ...removeTurn(state, id), queue: [retry, ...state.queue], nextId: state.nextId + 1 };
}

/** Removes a failed turn, and moves its text and its files to the draft. */
export function retractTurn(state: ChatState, id: string): ChatState {
  const { text = "", attachments: files = [] } = findUserMessage(state, id) ?? {};
  const rest = removeTurn(prependToDraft(state, text), id);
  return files.length === 0 ? rest : withAttached(rest, files, undefined);
}

function removeTurn(state: ChatState, id: string): ChatState {
  const userMessage = findUserMessage(state, id);
  return { ...state, entries: state.entries.filter((entry) => entry.id !== id && entry !== userMessage) };
}
