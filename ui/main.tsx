import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { withNextFrame } from "./browser/frames.ts";
import { rememberWaiting } from "./browser/remember-waiting.ts";
import { showRememberedTheme } from "./browser/theme.ts";
import { createChat } from "./chat.ts";
import { connect } from "./connection.ts";
import "./styles/main.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

showRememberedTheme();

/** Filled in by the server, which knows under which path it serves. */
const address = new URL(root.dataset.websocket ?? "ws", document.baseURI);
address.protocol = address.protocol === "https:" ? "wss:" : "ws:";

const chat = createChat({
  connect: (listener) => connect({ url: address.href, listener, network: window }),
  soon: withNextFrame,
});

rememberWaiting(chat);
createRoot(root).render(<App chat={chat} title={document.title} />);
