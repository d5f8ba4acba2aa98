import { useEffect, useState } from "react";
import { copyText } from "../browser/clipboard.ts";
import { t } from "../language/language.ts";
import { Check, Copy } from "./icons.tsx";

interface CopyButtonProps {
  /** Says what is copied. */
  readonly label: string;
  /** Called when the button is used. */
  readonly text: () => string;
  /** Copies the Markdown around the button too, as formatted text. */
  readonly isFormatted?: boolean;
}

/** A button that copies a text. */
export function CopyButton({ label, text, isFormatted = false }: CopyButtonProps) {
  const [isCopied, setIsCopied] = useState(false);

  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const title = isCopied ? t("copied") : label;
  return (
    <button
      type="button"
      className="icon-button copy-button"
      title={title}
      aria-label={title}
      onClick={async ({ currentTarget }) => {
        const html = isFormatted ? findMarkdown(currentTarget) : undefined;
        setIsCopied(await copyText(text(), html));
      }}
    >
      {isCopied ? <Check /> : <Copy />}
    </button>
  );
}

/** Returns the HTML of the Markdown in the article of a button. */
function findMarkdown(button: Element): string {
  const parts = button.closest("article")?.querySelectorAll(".markdown") ?? [];
  return [...parts].map((part) => part.innerHTML).join("");
}
