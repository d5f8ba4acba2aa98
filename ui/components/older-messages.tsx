import { useChat, useChatState } from "../chat-context.tsx";

/** The line above the first message: older ones, which the list requests by itself, or that there are none. */
export function OlderMessages() {
  const chat = useChat();
  const { skipped, isLoading } = useChatState((state) => state.older);
  if (skipped === 0) return <p className="older-messages">This is the beginning of the conversation.</p>;
  return (
    <p className="older-messages">
      {isLoading ? (
        <span className="shimmer">Loading older messages…</span>
      ) : (
        <button type="button" className="text-button" onClick={chat.loadOlder}>
          Show older messages
        </button>
      )}
    </p>
  );
}
