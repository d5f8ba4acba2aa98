import { useChat, useChatState } from "../chat-context.tsx";
import type { Link } from "../state/types.ts";

const LABELS: Readonly<Record<Link, string>> = {
  connecting: "Connecting…",
  open: "Connected",
  resuming: "Reconnecting…",
  reconnecting: "Reconnecting…",
  offline: "Offline",
};

/** Is the server there? A word only while it is not. */
export function ConnectionStatus() {
  const chat = useChat();
  const link = useChatState((state) => state.link);
  return (
    <div className={`link link-${link}`}>
      <span role="status" className={link === "open" ? "visually-hidden" : undefined}>
        {LABELS[link]}
      </span>
      {link === "reconnecting" && (
        <button type="button" className="text-button" onClick={chat.reconnect}>
          Try now
        </button>
      )}
    </div>
  );
}
