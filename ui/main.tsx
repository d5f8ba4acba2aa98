/** The entry of the page: connects the chat to the server and the browser, and renders it. */
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { addStyle } from "./browser/add-style.ts";
import { needsAccount } from "./browser/address.ts";
import { preventStrayDrops } from "./browser/attach.ts";
import { readSharedId } from "./browser/conversation-address.ts";
import { connectWidget } from "./browser/frame.ts";
import { startChat } from "./browser/start-chat.ts";
import { applyStoredTheme } from "./browser/theme.ts";
import { startLanguage } from "./language/start.ts";
import { loadMarkdown } from "./markdown/markdown.tsx";
import { SharedConversation } from "./shared/shared-conversation.tsx";
import "./styles/main.css";
import directionStyles from "./styles/text-direction.css" with { type: "text" };

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

addStyle(directionStyles);
applyStoredTheme();
preventStrayDrops();
connectWidget();
await startLanguage();

const { title } = document;
const page = createRoot(root);
const shared = readSharedId();
if (needsAccount()) {
  // Pages without users do not load it.
  const { renderPage } = await import("./account/page.tsx");
  renderPage(page, title);
} else if (shared !== undefined) page.render(<SharedConversation id={shared} title={title} />);
else page.render(<App {...startChat()} title={title} />);

// The first reply needs it. A failure is repeated, and shown, then.
loadMarkdown().catch(() => {});
