import { type RefObject, useEffect, useRef } from "react";
import { focusComposer } from "../browser/focus.ts";
import { sidebarItem } from "../browser/storage.ts";
import { useConversationsState } from "../conversations-context.tsx";
import { ConversationsList } from "./conversations-list.tsx";
import { Cross } from "./icons.tsx";

interface ConversationsPanelProps {
  /** Beside the conversation; else over it. */
  readonly isWide: boolean;
  readonly isShown: boolean;
  readonly onClose: () => void;
}

/** The reader's conversations: a column where there is room for one, a drawer where there is not. */
export function ConversationsPanel({ isWide, isShown, onClose }: ConversationsPanelProps) {
  const drawer = useRef<HTMLDialogElement>(null);
  // It was there when the page was here last: its place is kept until the server has answered.
  const isAvailable = useConversationsState(({ status }) =>
    status === "unknown" ? sidebarItem.read() !== undefined : status !== "absent",
  );
  useModal(drawer, isShown && !isWide && isAvailable);
  if (!isAvailable) return null;
  if (isWide)
    return isShown ? (
      <aside className="conversations" aria-label="Conversations">
        <ConversationsList onOpened={() => {}} />
      </aside>
    ) : null;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard closes a dialog with Escape.
    <dialog
      ref={drawer}
      className="conversations drawer"
      aria-label="Conversations"
      onClose={onClose}
      onClick={({ target, currentTarget }) => {
        // Beside it: what is within has elements of its own.
        if (target === currentTarget) onClose();
      }}
    >
      {isShown && (
        <div className="drawer-body">
          <button type="button" className="icon-button drawer-close" aria-label="Close" onClick={onClose}>
            <Cross />
          </button>
          <ConversationsList
            onOpened={() => {
              drawer.current?.close();
              focusComposer();
            }}
          />
        </div>
      )}
    </dialog>
  );
}

function useModal(dialog: RefObject<HTMLDialogElement | null>, isShown: boolean): void {
  useEffect(() => {
    if (isShown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [dialog, isShown]);
}
