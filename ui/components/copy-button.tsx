import { useEffect, useState } from "react";
import { copyText } from "../browser/clipboard.ts";
import { Check, Copy } from "./icons.tsx";

interface CopyButtonProps {
  /** Completes the label "Copy …". */
  readonly subject: string;
  /** Called when the button is used. */
  readonly text: () => string;
  /** Copies the Markdown around the button too, as formatted text. */
  readonly isFormatted?: boolean;
}

/** A button that copies a text. */
export function CopyButton({ subject, text, isFormatted = false }: CopyButtonProps) {
  const [isCopied, setIsCopied] = useState(false);

  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const label = isCopied ? "Copied" : `Copy ${subject}`;
  return (
    <button
      type="button"
      className="icon-button copy-button"
      title={label}
      aria-label={label}
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
