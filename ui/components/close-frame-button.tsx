import { useEffect } from "react";
import { closeFrame } from "../browser/frame.ts";
import { useChat } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { findLiveReply } from "../state/turns.ts";
import { Cross } from "./icons.tsx";

/** Closes the frame that `widget.js` has opened. Escape does the same, unless it has something else to close or to stop. */
export function CloseFrameButton() {
  const chat = useChat();
  useEffect(() => {
    const handleKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
      const isForOther =
        document.querySelector("dialog[open], [popover]:popover-open, .edit-message") !== null;
      if (!isForOther && findLiveReply(chat.state()) === undefined) closeFrame();
    };
    // Before the handlers of the page: a dialog that Escape closes is still open.
    window.addEventListener("keydown", handleKey, { capture: true });
    return () => window.removeEventListener("keydown", handleKey, { capture: true });
  }, [chat]);
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={t("close")}
      title={t("close")}
      onClick={closeFrame}
    >
      <Cross />
    </button>
  );
}
