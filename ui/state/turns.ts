/** Which answer a frame belongs to: two tabs may ask in one conversation, and its turns run one after the other. */
import type { TypingFrame } from "../protocol.ts";
import { toUserMessage } from "./history.ts";
import { createReply, isLive, markRunning } from "./reply.ts";
import type { ChatState, Reply, UserMessage } from "./types.ts";

/** The answer that is being made, if any; else the one that is next. */
export function findLiveReply(state: ChatState): Reply | undefined {
  return state.entries.find((entry): entry is Reply => entry.kind === "answer" && isLive(entry));
}

/** The answer of this page's own question that the server has not begun. */
export function findPendingReply(state: ChatState): Reply | undefined {
  return state.entries.find(
    (entry): entry is Reply => entry.kind === "answer" && isLive(entry) && entry.turnId === undefined,
  );
}

/** What an answer answers. */
export function findUserMessage(state: ChatState, replyId: string): UserMessage | undefined {
  const at = state.entries.findIndex((entry) => entry.id === replyId);
  return state.entries.slice(0, Math.max(at, 0)).findLast((entry) => entry.kind === "question");
}

export function updateReply(
  state: ChatState,
  reply: Reply | undefined,
  change: (answer: Reply) => Reply,
): ChatState {
  const at = reply === undefined ? -1 : state.entries.indexOf(reply);
  return reply === undefined || at < 0 ? state : { ...state, entries: state.entries.with(at, change(reply)) };
}

/** Changes the answer of a turn: the one that has begun with it, else the one that is next to begin. */
export function updateTurnReply(
  state: ChatState,
  turnId: string,
  change: (reply: Reply) => Reply,
): ChatState {
  const answer = findRunningReply(state, turnId) ?? findPendingReply(state);
  return updateReply(state, answer, (before) => change({ ...markRunning(before), turnId }));
}

/** A turn begins: this page's own, or one that another tab asked for, which stands before what is still to begin. */
export function startTurn(state: ChatState, { turn_id: turnId, question }: TypingFrame): ChatState {
  if (findRunningReply(state, turnId) !== undefined) return state;
  const pending = findPendingReply(state);
  if (question === undefined && pending !== undefined)
    return updateTurnReply(state, turnId, (reply) => reply);
  const id = question?.message_id ?? `entry-${state.nextId}`;
  const answer: Reply = { ...createReply(`${id}-answer`), status: "running", turnId };
  const newEntries = question === undefined ? [answer] : [toUserMessage(question), answer];
  const pendingEntry = pending === undefined ? undefined : (findUserMessage(state, pending.id) ?? pending);
  const at = pendingEntry === undefined ? state.entries.length : state.entries.indexOf(pendingEntry);
  return {
    ...state,
    entries: state.entries.toSpliced(at, 0, ...newEntries),
    queue: state.queue.filter(
      ({ text, isUnconfirmed }) => isUnconfirmed !== true || text !== question?.content,
    ),
    nextId: state.nextId + 1,
  };
}

function findRunningReply(state: ChatState, turnId: string): Reply | undefined {
  return state.entries.find(
    (entry): entry is Reply => entry.kind === "answer" && isLive(entry) && entry.turnId === turnId,
  );
}
