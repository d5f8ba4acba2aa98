/** The state of the list of conversations: one value, changed only by `reduceConversations`. */
import type { SessionFrame, SessionListFrame } from "../protocol.ts";

export interface ConversationsState {
  /** `unknown` until the server responds. `absent` if it does not list conversations. */
  readonly status: "unknown" | "absent" | "ready" | "failed";
  /** Newest first. */
  readonly sessions: readonly SessionFrame[];
  /** Cursor for older conversations, or null if there are none. */
  readonly next: string | null;
  /** The current search text. */
  readonly search: string;
  /** The search text that `sessions` match. */
  readonly appliedSearch: string;
  /** The reason why a conversation was not renamed or deleted. */
  readonly problem: string | undefined;
}

export type ConversationsAction =
  | { readonly type: "searched"; readonly search: string }
  /** `before` is the requested cursor, or null for the newest conversations. */
  | {
      readonly type: "listed";
      readonly search: string;
      readonly before: string | null;
      readonly list: SessionListFrame;
    }
  | { readonly type: "absent" }
  | { readonly type: "list_failed" }
  | { readonly type: "renamed"; readonly id: string; readonly title: string }
  | { readonly type: "deleted"; readonly id: string }
  /** A copy of a conversation was created. */
  | { readonly type: "branched"; readonly session: SessionFrame }
  | { readonly type: "problem"; readonly problem: string | undefined };

export const INITIAL_CONVERSATIONS: ConversationsState = {
  status: "unknown",
  sessions: [],
  next: null,
  search: "",
  appliedSearch: "",
  problem: undefined,
};

export function reduceConversations(
  state: ConversationsState,
  action: ConversationsAction,
): ConversationsState {
  switch (action.type) {
    case "searched":
      return { ...state, search: action.search };
    case "listed":
      return applyListing(state, action);
    case "absent":
      return { ...INITIAL_CONVERSATIONS, status: "absent" };
    case "list_failed":
      return { ...state, status: "failed" };
    case "renamed": {
      const sessions = state.sessions.map((session) =>
        session.session_id === action.id ? { ...session, title: action.title } : session,
      );
      return { ...state, sessions, problem: undefined };
    }
    case "deleted": {
      const sessions = state.sessions.filter(({ session_id }) => session_id !== action.id);
      return { ...state, sessions, problem: undefined };
    }
    case "branched":
      return { ...state, sessions: [action.session, ...state.sessions], problem: undefined };
    case "problem":
      return { ...state, problem: action.problem };
  }
}

function applyListing(
  state: ConversationsState,
  { search, before, list }: Extract<ConversationsAction, { type: "listed" }>,
): ConversationsState {
  // The user has changed the search text since this request.
  if (search !== state.search) return state;
  if (before === null)
    return { ...state, status: "ready", appliedSearch: search, ...mergeNewest(state, search, list) };
  if (before !== state.next || search !== state.appliedSearch) return state;
  return {
    ...state,
    status: "ready",
    sessions: mergeSessions(state.sessions, list.sessions),
    next: list.next,
  };
}

/** Merges the newest conversations. Older ones that are already loaded stay, so that the list does not shrink. */
function mergeNewest(
  state: ConversationsState,
  search: string,
  { sessions, next }: SessionListFrame,
): Pick<ConversationsState, "sessions" | "next"> {
  const oldest = sessions.at(-1)?.updated_at;
  if (next === null || oldest === undefined || search !== state.appliedSearch) return { sessions, next };
  const older = state.sessions.filter(({ updated_at }) => updated_at < oldest);
  return older.length === 0
    ? { sessions, next }
    : { sessions: mergeSessions(sessions, older), next: state.next };
}

function mergeSessions(
  first: readonly SessionFrame[],
  second: readonly SessionFrame[],
): readonly SessionFrame[] {
  const knownIds = new Set(first.map(({ session_id }) => session_id));
  return [...first, ...second.filter(({ session_id }) => !knownIds.has(session_id))];
}

export interface Day {
  readonly name: "today" | "yesterday" | "earlier";
  readonly sessions: readonly SessionFrame[];
}

/** Groups conversations by day in the user's time zone. Empty groups are omitted. */
export function groupByDay(sessions: readonly SessionFrame[], now: Date): readonly Day[] {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const name = ({ updated_at }: SessionFrame): Day["name"] => {
    const at = new Date(updated_at);
    if (at >= today) return "today";
    return at >= yesterday ? "yesterday" : "earlier";
  };
  const days = Map.groupBy(sessions, name);
  return (["today", "yesterday", "earlier"] as const).flatMap((day) => {
    const daySessions = days.get(day);
    return daySessions === undefined ? [] : [{ name: day, sessions: daySessions }];
  });
}
