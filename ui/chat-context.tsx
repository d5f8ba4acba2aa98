/** The React context of the chat. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Chat } from "./chat.ts";
import type { ChatState } from "./state/types.ts";

const ChatContext = createContext<Chat | undefined>(undefined);
export const ChatProvider = ChatContext.Provider;

export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (chat === undefined) throw new Error("useChat() outside of <ChatProvider>");
  return chat;
}

/** Returns a part of the state. Renders again when that part changes (`Object.is`). */
export function useChatState<Part>(select: (state: ChatState) => Part): Part {
  const chat = useChat();
  return useSyncExternalStore(chat.subscribe, () => select(chat.state()));
}
