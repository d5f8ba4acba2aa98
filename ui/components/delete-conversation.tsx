interface DeleteConversationProps {
  readonly title: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Asks for confirmation before a conversation is deleted. */
export function DeleteConversation({ title, onConfirm, onCancel }: DeleteConversationProps) {
  return (
    <fieldset className="conversation-confirm" aria-label={`Delete ${title}?`}>
      <p>Delete this conversation permanently?</p>
      <button type="button" className="button button-danger" onClick={onConfirm}>
        Delete
      </button>
      <button
        type="button"
        className="button"
        // biome-ignore lint/a11y/noAutofocus: it replaces the button that had the focus, and it changes nothing.
        autoFocus
        onClick={onCancel}
      >
        Cancel
      </button>
    </fieldset>
  );
}
