/** The entry of the page: connects the chat to the server and the browser, and renders it. */
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { resolveWebsocketUrl } from "./browser/address.ts";
import { preventStrayDrops } from "./browser/attach.ts";
import { runOnNextFrame } from "./browser/next-frame.ts";
import { persistDrafts, readDrafts } from "./browser/persist-drafts.ts";
import { persistQueue } from "./browser/persist-queue.ts";
import { persistSession } from "./browser/persist-session.ts";
import { persistSidebar } from "./browser/persist-sidebar.ts";
import { sessionsClient } from "./browser/sessions-client.ts";
import { sessionItem } from "./browser/storage.ts";
import { applyStoredTheme } from "./browser/theme.ts";
import { createChat } from "./chat.ts";
import { connect } from "./connection.ts";
import { createConversationList, refreshOnTurnChange } from "./conversations.ts";
import "./styles/main.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

applyStoredTheme();

const chat = createChat({
  connect: (listener) => connect({ url: resolveWebsocketUrl(), listener, network: window }),
  schedule: runOnNextFrame,
  session: sessionItem.read(),
  drafts: readDrafts(),
});

persistSession(chat);
persistDrafts(chat);
persistQueue(chat);

const conversations = createConversationList(sessionsClient);
conversations.refresh();
refreshOnTurnChange(chat, conversations);
persistSidebar(conversations);
window.addEventListener("focus", conversations.refresh);

preventStrayDrops();
createRoot(root).render(<App chat={chat} conversations={conversations} title={document.title} />);
