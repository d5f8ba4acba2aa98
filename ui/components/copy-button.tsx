import { useEffect, useState } from "react";
import { copyText } from "../browser/copy.ts";
import { Check, Copy } from "./icons.tsx";

/** `text` is asked for when the button is used. */
export function CopyButton({ what, text }: { what: string; text: () => string }) {
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);

  const label = copied ? "Copied" : `Copy ${what}`;
  return (
    <button
      type="button"
      className="icon-button copy-button"
      title={label}
      aria-label={label}
      onClick={async () => setCopied(await copyText(text()))}
    >
      {copied ? <Check /> : <Copy />}
    </button>
  );
}
