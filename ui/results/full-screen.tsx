import { type ReactNode, useEffect, useRef } from "react";
import { t } from "../language/language.ts";

/** Shows its children over the whole page. Escape closes it, and the focus stays inside. */
export function FullScreen({ children, onClose }: { children: ReactNode; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="full-screen" aria-label={t("result.title")} onClose={onClose}>
      {children}
    </dialog>
  );
}
