import { type ReactNode, useLayoutEffect, useRef } from "react";
import { focusComposer, restoreCaret } from "../browser/focus.ts";
import { openOverlay } from "./overlay.ts";

interface OverlayDialogProps {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}

/** A modal dialog that closes with Escape or a click next to it. The focus goes back to where it was, or to the message field. */
export function OverlayDialog({ label, className, children }: OverlayDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus();
      else focusComposer();
      restoreCaret();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard closes a dialog with Escape.
    <dialog
      ref={dialog}
      className={`overlay ${className}`}
      aria-label={label}
      onClose={({ currentTarget }) => {
        // Another dialog may have taken its place: the event comes later.
        if (currentTarget.isConnected) openOverlay(undefined);
      }}
      onClick={({ target, currentTarget }) => {
        // A click on the backdrop has the dialog itself as its target.
        if (target === currentTarget) openOverlay(undefined);
      }}
    >
      <div className="overlay-body">{children}</div>
    </dialog>
  );
}
