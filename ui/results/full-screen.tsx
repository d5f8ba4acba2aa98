import { type ReactNode, useEffect, useRef } from "react";
import "./style.ts";

interface FullScreenProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** Shows its children over the whole page. Escape closes it, and the focus stays inside. */
export function FullScreen({ label, children, onClose }: FullScreenProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="full-screen" aria-label={label} onClose={onClose}>
      {children}
    </dialog>
  );
}
