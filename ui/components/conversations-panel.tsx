import { type RefObject, useEffect, useRef } from "react";
import { focusComposer, restoreCaret } from "../browser/focus.ts";
import { sidebarItem } from "../browser/storage.ts";
import { useConversationsState } from "../conversations-context.tsx";
import { t } from "../language/language.ts";
import { ConversationsList } from "./conversations-list.tsx";
import { Cross } from "./icons.tsx";

interface ConversationsPanelProps {
  /** Renders a column next to the conversation instead of a drawer over it. */
  readonly isWide: boolean;
  readonly isShown: boolean;
  readonly onClose: () => void;
}

/** The list of conversations: a column on wide screens, a drawer on narrow ones. */
export function ConversationsPanel({ isWide, isShown, onClose }: ConversationsPanelProps) {
  const drawer = useRef<HTMLDialogElement>(null);
  // Reserves the space until the server responds, if the list was there when the page was last open.
  const isAvailable = useConversationsState(({ status }) =>
    status === "unknown" ? sidebarItem.read() !== undefined : status !== "absent",
  );
  useModal(drawer, isShown && !isWide && isAvailable);
  if (!isAvailable) return null;
  if (isWide)
    return isShown ? (
      <aside className="conversations" aria-label={t("list.title")}>
        <ConversationsList onOpened={() => {}} />
      </aside>
    ) : null;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard closes a dialog with Escape.
    <dialog
      ref={drawer}
      className="conversations drawer"
      aria-label={t("list.title")}
      onClose={() => {
        onClose();
        restoreCaret();
      }}
      onClick={({ target, currentTarget }) => {
        // A click on the backdrop has the dialog itself as its target.
        if (target === currentTarget) onClose();
      }}
    >
      {isShown && (
        <div className="drawer-body">
          <button
            type="button"
            className="icon-button drawer-close"
            aria-label={t("close")}
            onClick={onClose}
          >
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
