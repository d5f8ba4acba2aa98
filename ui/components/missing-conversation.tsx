import { Warning } from "./icons.tsx";
import { useOpenConversation } from "./use-open-conversation.ts";

/** Shown at the address of a conversation that does not exist. What the user writes begins a new one. */
export function MissingConversation() {
  const open = useOpenConversation();
  return (
    <section className="missing" role="alert">
      <Warning />
      <h2>This conversation was not found</h2>
      <p>
        It was deleted, or it belongs to somebody else. Your text is still in the message field: sending it
        begins a new conversation.
      </p>
      <button type="button" className="button" onClick={() => open(undefined)}>
        New conversation
      </button>
    </section>
  );
}
