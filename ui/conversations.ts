/** The list of conversations: requests it from the server and keeps its state. */
import type { Chat } from "./chat.ts";
import type { SessionFrame, SessionListFrame } from "./protocol.ts";
import { undecidedCalls } from "./state/approval.ts";
import {
  type ConversationsAction,
  type ConversationsState,
  INITIAL_CONVERSATIONS,
  reduceConversations,
} from "./state/conversations.ts";
import { findLiveReply } from "./state/turns.ts";
import type { ChatState, Feedback } from "./state/types.ts";

/** The server's operations on conversations. Each rejects if it fails. */
export interface SessionsPort {
  /** Resolves to undefined if the server does not list conversations. */
  list(query: {
    readonly search: string;
    readonly before: string | null;
  }): Promise<SessionListFrame | undefined>;
  rename(id: string, title: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** Copies a conversation up to a user message. Resolves to the copy. */
  branch(id: string, before: string): Promise<SessionFrame>;
  rate(id: string, message: string, feedback: Feedback | undefined): Promise<void>;
}

export interface ConversationList {
  readonly state: () => ConversationsState;
  /** Calls `listener` after each change. Returns a function that stops it. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly refresh: () => void;
  /** Searches after a short pause in typing. */
  readonly search: (text: string) => void;
  readonly loadMore: () => void;
  /** Resolves to false if it failed. The state has the reason then. */
  readonly rename: (id: string, title: string) => Promise<boolean>;
  /** Resolves to false if it failed. The state has the reason then. */
  readonly delete: (id: string) => Promise<boolean>;
  /** Resolves to the id of the copy, or to undefined if it failed. The state has the reason then. */
  readonly branch: (id: string, before: string) => Promise<string | undefined>;
  /** Resolves to false if it failed. The state has the reason then. */
  readonly rate: (id: string, message: string, feedback: Feedback | undefined) => Promise<boolean>;
  readonly dismissProblem: () => void;
}

export function createConversationList(port: SessionsPort, searchDelay = 250): ConversationList {
  const listeners = new Set<() => void>();
  let state = INITIAL_CONVERSATIONS;
  let isLoading = false;
  let needsReload = false;
  let searchTimer: ReturnType<typeof setTimeout> | undefined;

  function update(action: ConversationsAction): void {
    state = reduceConversations(state, action);
    for (const listener of listeners) listener();
  }

  async function load(before: string | null): Promise<void> {
    const { search } = state;
    try {
      const list = await port.list({ search, before });
      update(list === undefined ? { type: "absent" } : { type: "listed", search, before, list });
    } catch {
      update({ type: "list_failed" });
    }
  }

  /** Runs one request at a time. Calls during a request cause one further request. */
  async function refresh(): Promise<void> {
    if (state.status === "absent") return;
    needsReload = isLoading;
    if (isLoading) return;
    isLoading = true;
    await load(null);
    isLoading = false;
    if (needsReload) await refresh();
  }

  async function change(
    request: Promise<void>,
    done: ConversationsAction,
    problem: string,
  ): Promise<boolean> {
    try {
      await request;
      update(done);
      return true;
    } catch {
      update({ type: "problem", problem });
      return false;
    }
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh: () => void refresh(),
    search(text) {
      update({ type: "searched", search: text });
      clearTimeout(searchTimer);
      searchTimer = setTimeout(refresh, searchDelay);
    },
    loadMore: () => void load(state.next),
    rename: (id, title) =>
      change(port.rename(id, title), { type: "renamed", id, title }, "The name could not be saved."),
    delete: (id) =>
      change(port.delete(id), { type: "deleted", id }, "The conversation could not be deleted."),
    async branch(id, before) {
      try {
        const session = await port.branch(id, before);
        update({ type: "branched", session });
        return session.session_id;
      } catch {
        update({ type: "problem", problem: "The conversation could not be branched." });
        return undefined;
      }
    },
    rate: (id, message, feedback) =>
      change(
        port.rate(id, message, feedback),
        { type: "problem", problem: undefined },
        "The rating could not be saved.",
      ),
    dismissProblem: () => update({ type: "problem", problem: undefined }),
  };
}

/** Refreshes the list whenever a turn of the current conversation starts, waits for approval or ends. */
export function refreshOnTurnChange(chat: Chat, conversations: ConversationList): void {
  let previous = JSON.stringify(summarizeState(chat.state()));
  chat.subscribe(() => {
    const now = JSON.stringify(summarizeState(chat.state()));
    if (now === previous) return;
    previous = now;
    if (chat.state().link === "open") conversations.refresh();
  });
}

/** Returns the values whose change refreshes the list. A short turn changes only its reply's id and status. */
function summarizeState(state: ChatState) {
  const last = state.entries.findLast((entry) => entry.kind === "reply");
  return [state.session?.id, state.link, currentSessionState(state), last?.id, last?.status];
}

/** Returns the state of the current conversation, which the page knows before the list does. */
export function currentSessionState(state: ChatState): SessionFrame["state"] {
  const live = findLiveReply(state);
  if (live === undefined || live.status === "sent") return "idle";
  return undecidedCalls(live.parts).length > 0 ? "waiting" : "running";
}
