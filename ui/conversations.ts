/** The list of conversations as it runs: asks the server, keeps what it said. */
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
import type { ChatState } from "./state/types.ts";

/** The server's side of it. Each rejects when it did not work. */
export interface SessionsPort {
  /** Undefined: this server lists none. */
  list(query: {
    readonly search: string;
    readonly before: string | null;
  }): Promise<SessionListFrame | undefined>;
  rename(id: string, title: string): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface ConversationList {
  readonly state: () => ConversationsState;
  /** Called after each change; returns how to stop listening. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly refresh: () => void;
  /** Looks for it once nothing was typed for a moment. */
  readonly search: (text: string) => void;
  readonly loadMore: () => void;
  /** Resolve to whether it worked; if not, the state says so. */
  readonly rename: (id: string, title: string) => Promise<boolean>;
  readonly delete: (id: string) => Promise<boolean>;
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

  async function list(before: string | null): Promise<void> {
    const { search } = state;
    try {
      const list = await port.list({ search, before });
      update(list === undefined ? { type: "absent" } : { type: "listed", search, before, list });
    } catch {
      update({ type: "not_listed" });
    }
  }

  /** One at a time; what happens meanwhile asks for one more. */
  async function refresh(): Promise<void> {
    if (state.status === "absent") return;
    needsReload = isLoading;
    if (isLoading) return;
    isLoading = true;
    await list(null);
    isLoading = false;
    if (needsReload) await refresh();
  }

  async function change(work: Promise<void>, done: ConversationsAction, problem: string): Promise<boolean> {
    try {
      await work;
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
    loadMore: () => void list(state.next),
    rename: (id, title) =>
      change(port.rename(id, title), { type: "renamed", id, title }, "The name could not be saved."),
    delete: (id) =>
      change(port.delete(id), { type: "deleted", id }, "The conversation could not be deleted."),
    dismissProblem: () => update({ type: "problem", problem: undefined }),
  };
}

/** The list is asked for anew whenever a turn of the conversation that is shown begins, waits or ends. */
export function refreshOnTurnChange(chat: Chat, conversations: ConversationList): void {
  let previous = JSON.stringify(summarizeState(chat.state()));
  chat.subscribe(() => {
    const now = JSON.stringify(summarizeState(chat.state()));
    if (now === previous) return;
    previous = now;
    if (chat.state().link === "open") conversations.refresh();
  });
}

/** A quick turn begins and ends within one change: it shows in what became of its answer. */
function summarizeState(state: ChatState) {
  const last = state.entries.findLast((entry) => entry.kind === "answer");
  return [state.session?.id, state.link, currentSessionState(state), last?.id, last?.status];
}

/** What goes on in the conversation that is shown: the page knows it before any list does. */
export function currentSessionState(state: ChatState): SessionFrame["state"] {
  const live = findLiveReply(state);
  if (live === undefined || live.status === "sent") return "idle";
  return undecidedCalls(live.parts).length > 0 ? "waiting" : "running";
}
