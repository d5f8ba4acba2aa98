/** Finds the reply that a frame belongs to. Several tabs may share a session, whose turns run one after another. */
import type { TypingFrame } from "../protocol.ts";
import { toUserMessage } from "./history.ts";
import { createReply, isLive, markRunning } from "./reply.ts";
import type { ChatState, Entry, Reply, UserMessage } from "./types.ts";

/** Returns the running reply, or else the one that is next. */
export function findLiveReply(state: ChatState): Reply | undefined {
  return state.entries.find((entry): entry is Reply => entry.kind === "reply" && isLive(entry));
}

/** Returns the reply to this page's message that the server has not started. */
export function findPendingReply(state: ChatState): Reply | undefined {
  return state.entries.find(
    (entry): entry is Reply => entry.kind === "reply" && isLive(entry) && entry.turnId === undefined,
  );
}

export function findReply(state: ChatState, id: string): Reply | undefined {
  return state.entries.find((entry): entry is Reply => entry.kind === "reply" && entry.id === id);
}

/** Returns the user message that a reply belongs to. */
export function findUserMessage(state: ChatState, replyId: string): UserMessage | undefined {
  const at = state.entries.findIndex((entry) => entry.id === replyId);
  return state.entries.slice(0, Math.max(at, 0)).findLast((entry) => entry.kind === "user");
}

export function updateReply(
  state: ChatState,
  reply: Reply | undefined,
  change: (reply: Reply) => Reply,
): ChatState {
  const at = reply === undefined ? -1 : state.entries.indexOf(reply);
  return reply === undefined || at < 0 ? state : { ...state, entries: state.entries.with(at, change(reply)) };
}

/** Changes the reply of a turn: the one that started with it, or else the one that is next to start. */
export function updateTurnReply(
  state: ChatState,
  turnId: string,
  change: (reply: Reply) => Reply,
): ChatState {
  const reply = findRunningReply(state, turnId) ?? findPendingReply(state);
  return updateReply(state, reply, (before) => change({ ...markRunning(before), turnId }));
}

/** Starts a turn: this page's own, or another tab's, which goes before the messages whose turns have not started. */
export function startTurn(state: ChatState, frame: TypingFrame): ChatState {
  const { turn_id: turnId, question: message } = frame;
  if (findRunningReply(state, turnId) !== undefined) return state;
  const pending = findPendingReply(state);
  if (message === undefined && pending !== undefined)
    return updateTurnReply(confirmMessage(state, pending, frame), turnId, (reply) => reply);
  const id = message?.message_id ?? `entry-${state.nextId}`;
  const reply: Reply = { ...createReply(`${id}-reply`), status: "running", turnId };
  const after = findLastMessageId(state.entries);
  const newEntries = message === undefined ? [reply] : [toUserMessage(message, after), reply];
  const pendingEntry = pending === undefined ? undefined : (findUserMessage(state, pending.id) ?? pending);
  const at = pendingEntry === undefined ? state.entries.length : state.entries.indexOf(pendingEntry);
  return {
    ...state,
    entries: state.entries.toSpliced(at, 0, ...newEntries),
    queue: state.queue.filter(
      ({ text, isUnconfirmed }) => isUnconfirmed !== true || text !== message?.content,
    ),
    nextId: state.nextId + 1,
  };
}

/** Sets the server's id of the message whose turn starts. */
function confirmMessage(state: ChatState, reply: Reply, { message_id: messageId }: TypingFrame): ChatState {
  const userMessage = findUserMessage(state, reply.id);
  if (userMessage === undefined || messageId === undefined) return state;
  const at = state.entries.indexOf(userMessage);
  const after = findLastMessageId(state.entries.slice(0, at));
  return { ...state, entries: state.entries.with(at, { ...userMessage, messageId, after }) };
}

function findLastMessageId(entries: readonly Entry[]): string | null {
  const last = entries.findLast((entry) => entry.kind === "user" && entry.messageId !== undefined);
  return last?.kind === "user" ? (last.messageId ?? null) : null;
}

function findRunningReply(state: ChatState, turnId: string): Reply | undefined {
  return state.entries.find(
    (entry): entry is Reply => entry.kind === "reply" && isLive(entry) && entry.turnId === turnId,
  );
}
