import { memo } from "react";
import { Chevron } from "./icons.tsx";

/** What the model thought before it spoke: there for who wants it, out of the way of who does not. */
export const Reasoning = memo(function Reasoning({ text, live }: { text: string; live: boolean }) {
  return (
    <details className="reasoning">
      <summary>
        <span className="call-chevron">
          <Chevron />
        </span>
        <span className={live ? "shimmer" : undefined}>{live ? "Reasoning…" : "Reasoning"}</span>
      </summary>
      <p>{text.trim()}</p>
    </details>
  );
});
