import { useRef } from "react";
import { t } from "../language/language.ts";
import { Paperclip } from "./icons.tsx";

/** A button that opens the file dialog. */
export function AttachButton({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="icon-button attach-button"
        aria-label={t("attach.files")}
        title={t("attach.files")}
        onClick={() => input.current?.click()}
      >
        <Paperclip />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // Without this, a removed file cannot be chosen again.
          currentTarget.value = "";
        }}
      />
    </>
  );
}
