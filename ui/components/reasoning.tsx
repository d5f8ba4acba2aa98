import { memo } from "react";
import { t } from "../language/language.ts";
import { Chevron } from "./icons.tsx";

/** The model's reasoning, collapsed by default. */
export const Reasoning = memo(function Reasoning({ text, isLive }: { text: string; isLive: boolean }) {
  return (
    <details className="reasoning">
      <summary>
        <span className="call-chevron">
          <Chevron />
        </span>
        <span className={isLive ? "shimmer" : undefined}>
          {t(isLive ? "reply.reasoningNow" : "reply.reasoning")}
        </span>
      </summary>
      <p>{text.trim()}</p>
    </details>
  );
});
