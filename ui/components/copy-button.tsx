import { useEffect, useState } from "react";
import { copyText } from "../browser/clipboard.ts";
import { Check, Copy } from "./icons.tsx";

/** A button that copies a text. `subject` completes its label "Copy …". `text` is called when the button is used. */
export function CopyButton({ subject, text }: { subject: string; text: () => string }) {
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
      onClick={async () => setIsCopied(await copyText(text()))}
    >
      {isCopied ? <Check /> : <Copy />}
    </button>
  );
}
