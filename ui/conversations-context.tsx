/** The React context of the list of conversations. */
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

/** Returns a part of the state. Renders again when that part changes (`Object.is`). */
export function useConversationsState<Part>(select: (state: ConversationsState) => Part): Part {
  const conversations = useConversations();
  return useSyncExternalStore(conversations.subscribe, () => select(conversations.state()));
}
