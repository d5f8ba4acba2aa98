/** Older messages of a long conversation, which are loaded page by page. */
import type { ClientFrame, HistoryFrame } from "../protocol.ts";
import { toEntries } from "./history.ts";
import type { ChatState, Entry, UserMessage } from "./types.ts";

/** Messages of the first page: the turns that a screen shows, and some above them. */
export const FIRST_PAGE = 60;

/** Messages of each older page. */
const PAGE = 200;

/** Returns the frame that requests the page before the messages that are there. Undefined if there is none, or it is on its way. */
export function olderFrame({ older, link }: ChatState): ClientFrame | undefined {
  if (older.skipped === 0 || older.isLoading || link !== "open") return undefined;
  return { type: "history", before: older.skipped, limit: PAGE };
}

/** Puts a page before the entries of this session. A page that does not end there belongs to an earlier state. */
export function applyPage(state: ChatState, frame: HistoryFrame): ChatState {
  const { older, entries } = state;
  if (!older.isLoading || frame.before !== older.skipped) return state;
  const from = firstEntryOfSession(entries);
  const page = toEntries(frame.messages, { after: frame.after ?? null });
  return {
    ...state,
    older: { ...older, skipped: frame.skipped ?? 0, lastAt: frame.after_at, isLoading: false },
    entries: entries.toSpliced(from, 0, ...page),
  };
}

/** Returns whether older messages are needed: what the user wants to see is not there yet. */
export function needsOlder(state: ChatState): boolean {
  const { sought, older } = state;
  if (sought === undefined || older.skipped === 0) return false;
  return sought === "all" || findMessage(state, sought.messageId) === undefined;
}

/** Finds a message by its id on the server. Its reply has the same address. */
export function findMessage({ entries }: ChatState, messageId: string): UserMessage | undefined {
  return entries.find(
    (entry): entry is UserMessage => entry.kind === "user" && entry.messageId === messageId,
  );
}

/** Returns the position after the last divider: entries above it belong to a previous session. */
export function firstEntryOfSession(entries: readonly Entry[]): number {
  return entries.findLastIndex(({ kind }) => kind === "divider") + 1;
}
