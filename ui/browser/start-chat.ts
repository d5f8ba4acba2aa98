/** Connects the chat to the server and the browser. */
import { type Chat, createChat } from "../chat.ts";
import { connect } from "../connection.ts";
import { type ConversationList, createConversationList, refreshOnTurnChange } from "../conversations.ts";
import { resolveWebsocketUrl } from "./address.ts";
import { firstAddress, syncAddress } from "./conversation-address.ts";
import { runOnNextFrame } from "./next-frame.ts";
import { showBadge } from "./page-badge.ts";
import { persistDrafts, readDrafts } from "./persist-drafts.ts";
import { persistQueue } from "./persist-queue.ts";
import { persistSidebar } from "./persist-sidebar.ts";
import { sessionsClient } from "./sessions-client.ts";

export interface StartedChat {
  readonly chat: Chat;
  readonly conversations: ConversationList;
}

/** Opens the connection, and restores what the last load of the page has stored. */
export function startChat(onUnauthorized?: () => void): StartedChat {
  const chat = createChat({
    ...(onUnauthorized && { onUnauthorized }),
    connect: (listener) => connect({ url: resolveWebsocketUrl(), listener, network: window }),
    schedule: runOnNextFrame,
    ...firstAddress(),
    drafts: readDrafts(),
  });
  syncAddress(chat);
  persistDrafts(chat);
  persistQueue(chat);

  const conversations = createConversationList(sessionsClient);
  conversations.refresh();
  refreshOnTurnChange(chat, conversations);
  persistSidebar(conversations);
  window.addEventListener("focus", conversations.refresh);
  showBadge(chat, conversations, document.title);
  return { chat, conversations };
}
