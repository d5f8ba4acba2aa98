import { createContext, useContext, useSyncExternalStore } from "react";
import type { ConversationList } from "./conversations.ts";
import type { ConversationsState } from "./state/conversations.ts";

const ConversationsContext = createContext<ConversationList | undefined>(undefined);
export const ConversationsProvider = ConversationsContext.Provider;

export function useConversations(): ConversationList {
  const conversations = useContext(ConversationsContext);
  if (conversations === undefined) throw new Error("useConversations() outside of <ConversationsProvider>");
  return conversations;
}

/** A part of the state; renders again when that part is another one (`Object.is`). */
export function useConversationsState<Part>(select: (state: ConversationsState) => Part): Part {
  const conversations = useConversations();
  return useSyncExternalStore(conversations.subscribe, () => select(conversations.state()));
}
