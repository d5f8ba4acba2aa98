import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { websocketAddress } from "./browser/address.ts";
import { refuseOtherDrops } from "./browser/attach.ts";
import { withNextFrame } from "./browser/frames.ts";
import { rememberSession } from "./browser/session-storage.ts";
import { sessions } from "./browser/sessions.ts";
import { rememberColumn } from "./browser/sidebar-preference.ts";
import { session } from "./browser/storage.ts";
import { showRememberedTheme } from "./browser/theme.ts";
import { rememberWaiting } from "./browser/unsent-messages.ts";
import { createChat } from "./chat.ts";
import { connect } from "./connection.ts";
import { createConversationList, refreshWithTurns } from "./conversations.ts";
import "./styles/main.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

showRememberedTheme();

const chat = createChat({
  connect: (listener) => connect({ url: websocketAddress(), listener, network: window }),
  soon: withNextFrame,
  session: session.read(),
});

rememberSession(chat);
rememberWaiting(chat);

const conversations = createConversationList(sessions);
conversations.refresh();
refreshWithTurns(chat, conversations);
rememberColumn(conversations);
window.addEventListener("focus", conversations.refresh);

refuseOtherDrops();
createRoot(root).render(<App chat={chat} conversations={conversations} title={document.title} />);
