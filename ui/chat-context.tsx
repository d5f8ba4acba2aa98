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

/** A part of the state; renders again when that part is another one (`Object.is`). */
export function useChatState<Part>(select: (state: ChatState) => Part): Part {
  const chat = useChat();
  return useSyncExternalStore(chat.subscribe, () => select(chat.state()));
}
