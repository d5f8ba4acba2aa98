import { useChat, useChatState } from "../chat-context.tsx";
import type { Link } from "../state/types.ts";

const LABELS: Readonly<Record<Link, string>> = {
  connecting: "Connecting…",
  open: "Connected",
  resuming: "Reconnecting…",
  reconnecting: "Reconnecting…",
  offline: "Offline",
};

/** The state of the connection. Its label is visible only while there is no connection. */
export function ConnectionStatus() {
  const chat = useChat();
  const link = useChatState((state) => state.link);
  return (
    <div className={`connection connection-${link}`}>
      <span role="status" className={link === "open" ? "visually-hidden" : undefined}>
        {LABELS[link]}
      </span>
      {link === "reconnecting" && (
        <button type="button" className="text-button" onClick={chat.reconnect}>
          Reconnect now
        </button>
      )}
    </div>
  );
}
