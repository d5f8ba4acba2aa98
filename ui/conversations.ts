/** The list of conversations: requests it from the server and keeps its state. */

import type { Chat } from "./chat.ts";
import { t } from "./language/language.ts";
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
    ...createChanges(port, update),
    dismissProblem: () => update({ type: "problem", problem: undefined }),
  };
}

/** Creates the operations that change conversations. The state has the reason when one fails. */
function createChanges(
  port: SessionsPort,
  update: (action: ConversationsAction) => void,
): Pick<ConversationList, "rename" | "delete" | "branch" | "rate"> {
  async function change<Result>(
    request: Promise<Result>,
    done: (result: Result) => ConversationsAction,
    problem: string,
  ): Promise<{ readonly result: Result } | undefined> {
    try {
      const result = await request;
      update(done(result));
      return { result };
    } catch {
      update({ type: "problem", problem });
      return undefined;
    }
  }

  return {
    async rename(id, title) {
      const renamed = () => ({ type: "renamed", id, title }) as const;
      return (await change(port.rename(id, title), renamed, t("list.renameFailed"))) !== undefined;
    },
    async delete(id) {
      const deleted = () => ({ type: "deleted", id }) as const;
      return (await change(port.delete(id), deleted, t("list.deleteFailed"))) !== undefined;
    },
    async branch(id, before) {
      const branched = (session: SessionFrame) => ({ type: "branched", session }) as const;
      const problem = t("list.branchFailed");
      return (await change(port.branch(id, before), branched, problem))?.result.session_id;
    },
    async rate(id, message, feedback) {
      const rated = () => ({ type: "problem", problem: undefined }) as const;
      const request = port.rate(id, message, feedback);
      return (await change(request, rated, t("list.rateFailed"))) !== undefined;
    },
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
