/** Applies a snapshot of the conversation. Entries that have not changed keep their identity. */
import type { SnapshotFrame } from "../protocol.ts";
import { clearWaiting, withApproval } from "./approval.ts";
import { toEntries } from "./history.ts";
import { toQueuedMessage } from "./message-queue.ts";
import { firstEntryOfSession } from "./older.ts";
import { isLive, textOf, withDelta } from "./reply.ts";
import { toTotal } from "./total.ts";
import {
  type ChatState,
  type Entry,
  NO_TOTAL,
  type QueuedMessage,
  type Reply,
  type UserMessage,
} from "./types.ts";

export function applySnapshot(state: ChatState, frame: SnapshotFrame): ChatState {
  const isRunning = frame.turn_id !== undefined || frame.approvals.length > 0;
  const runningTurn = isRunning ? { turnId: frame.turn_id } : undefined;
  const received = toEntries(frame.messages, { after: frame.after ?? null, end: { runningTurn } });
  const snapshotPairs = toPairs(received);
  const begin = firstEntryOfSession(state.entries);
  const from = begin + countOlder(state.entries.slice(begin), received, frame);
  const { merged, left: unmatched } = mergePairs(toPairs(state.entries.slice(from)), snapshotPairs);
  const turns = merged.map((pair, at) =>
    isRunning && at === merged.length - 1
      ? { ...pair, reply: pair.reply && applyProgress(pair.reply, frame) }
      : pair,
  );
  return {
    ...state,
    link: "open",
    opening: undefined,
    older: {
      ...(from > begin ? state.older : { skipped: frame.skipped ?? 0, lastAt: frame.after_at }),
      isLoading: false,
      wasCut: state.older.wasCut || (frame.skipped ?? 0) > 0,
    },
    session: state.session && { ...state.session, lastSeq: frame.seq },
    entries: [
      ...state.entries.slice(0, from),
      ...[...turns, ...unmatched.filter(shouldKeep)].flatMap(pairToEntries),
    ],
    total: frame.total === undefined ? NO_TOTAL : toTotal(frame.total),
    queue: [...unmatched.flatMap((pair) => toQueuedMessages(pair, isRunning)), ...state.queue],
  };
}

/** Returns the number of entries that are there and come before the snapshot. None if there is a gap between them. */
function countOlder(entries: readonly Entry[], [first]: readonly Entry[], { skipped = 0 }: SnapshotFrame) {
  if (skipped === 0 || first?.kind !== "user") return 0;
  const at = entries.findIndex((entry) => entry.kind === "user" && entry.messageId === first.messageId);
  return Math.max(0, at);
}

/** A user message and its reply. A server's history may begin with a reply. */
interface MessagePair {
  readonly userMessage: UserMessage | undefined;
  readonly reply: Reply | undefined;
}

function toPairs(entries: readonly Entry[]): readonly MessagePair[] {
  const result: MessagePair[] = [];
  for (const entry of entries) {
    const last = result.at(-1);
    if (entry.kind === "user") result.push({ userMessage: entry, reply: undefined });
    else if (entry.kind === "divider") continue;
    else if (last === undefined || last.reply !== undefined)
      result.push({ userMessage: undefined, reply: entry });
    else result[result.length - 1] = { ...last, reply: entry };
  }
  return result;
}

function pairToEntries({ userMessage, reply }: MessagePair): readonly Entry[] {
  return [userMessage, reply].filter((entry) => entry !== undefined);
}

/**
 * Merges two lists of pairs in order. Pairs with the same user text are the same turn. `left` has the shown pairs that
 * the snapshot does not contain.
 */
function mergePairs(shown: readonly MessagePair[], received: readonly MessagePair[]) {
  const left: MessagePair[] = [];
  let at = 0;
  const merged = received.map((pair) => {
    const found = shown.findIndex(
      ({ userMessage }, index) => index >= at && userMessage?.text === pair.userMessage?.text,
    );
    if (found < 0) return pair;
    left.push(...shown.slice(at, found));
    at = found + 1;
    return mergePair(shown[found], pair);
  });
  return { merged, left: [...left, ...shown.slice(at)] };
}

/** Prefers the pair that the page has: it has more detail than a history. */
function mergePair(shown: MessagePair | undefined, received: MessagePair): MessagePair {
  const { reply } = shown ?? {};
  const userMessage = mergeMessage(shown?.userMessage, received.userMessage);
  if (reply === undefined || received.reply === undefined) return { userMessage, reply: received.reply };
  const { id } = reply;
  if (isLive(received.reply)) {
    const { turnId } = received.reply;
    const isSameTurn = isLive(reply) && (reply.turnId ?? turnId) === turnId;
    return {
      userMessage,
      reply: isSameTurn ? { ...reply, turnId, status: "running" } : { ...received.reply, id },
    };
  }
  const isUnchanged = reply.status === received.reply.status && textOf(reply) === textOf(received.reply);
  return { userMessage, reply: isUnchanged ? reply : { ...received.reply, id } };
}

/** Keeps the message that the page has, with the server's id. */
function mergeMessage(shown: UserMessage | undefined, received: UserMessage | undefined) {
  if (shown === undefined || received === undefined) return received;
  const { messageId, after } = received;
  return shown.messageId === messageId
    ? shown
    : { ...shown, messageId, ...(after !== undefined && { after }) };
}

function applyProgress(reply: Reply, { partial, approvals }: SnapshotFrame): Reply {
  const currentText = reply.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const rest = partial.startsWith(currentText) ? partial.slice(currentText.length) : "";
  const updated = rest === "" ? reply : withDelta(reply, "text", rest);
  return approvals.reduce(withApproval, clearWaiting(updated));
}

/**
 * Returns whether a reply stays although the snapshot does not contain it: it was rejected before its turn started, or
 * sent after the snapshot was made.
 */
function shouldKeep({ reply }: MessagePair): boolean {
  return reply?.turnId === undefined && (reply?.status === "failed" || reply?.status === "sent");
}

/**
 * Returns the message to send again if it was sent over a lost connection and the snapshot does not contain it. While a
 * turn runs, the server may have it in its queue, so the user must confirm. The same holds for a message whose turn was
 * to be stopped.
 */
function toQueuedMessages({ userMessage, reply }: MessagePair, isRunning: boolean): readonly QueuedMessage[] {
  if (userMessage === undefined || reply === undefined) return [];
  const isStopped = reply.status === "stopping" && reply.turnId === undefined;
  if (reply.status !== "unconfirmed" && !isStopped) return [];
  const message = toQueuedMessage(userMessage);
  return [isRunning || isStopped ? { ...message, isUnconfirmed: true } : message];
}
