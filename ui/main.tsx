/** The entry of the page: connects the chat to the server and the browser, and renders it. */
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { needsAccount } from "./browser/address.ts";
import { preventStrayDrops } from "./browser/attach.ts";
import { startAccount } from "./browser/start-account.ts";
import { startChat } from "./browser/start-chat.ts";
import { applyStoredTheme } from "./browser/theme.ts";
import { Page } from "./page.tsx";
import "./styles/main.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

applyStoredTheme();
preventStrayDrops();

const { title } = document;
if (needsAccount()) {
  const { account, start } = startAccount();
  createRoot(root).render(<Page account={account} start={start} title={title} />);
} else createRoot(root).render(<App {...startChat()} title={title} />);
