import { type MouseEvent, useEffect, useRef } from "react";
import { resolveAddress } from "../browser/conversation-address.ts";
import { t } from "../language/language.ts";
import type { SessionFrame } from "../protocol.ts";

interface ConversationLinkProps {
  readonly id: string;
  readonly title: string;
  readonly state: SessionFrame["state"];
  readonly isCurrent: boolean;
  /** Takes the focus when the link appears. */
  readonly takesFocus: boolean;
  /** Called for a plain click. The browser follows the link itself to another tab or window. */
  readonly onOpen: () => void;
}

/** The title of a conversation, which leads to it, and the state of its turn. */
export function ConversationLink({ id, title, state, isCurrent, takesFocus, onOpen }: ConversationLinkProps) {
  const link = useRef<HTMLAnchorElement>(null);
  const stateLabel = state === "idle" ? undefined : t(`list.${state}`);
  useEffect(() => {
    if (takesFocus) link.current?.focus();
  }, [takesFocus]);
  return (
    <a
      ref={link}
      href={resolveAddress(id)}
      className="conversation-open"
      aria-current={isCurrent ? "page" : undefined}
      title={title}
      onClick={(event) => {
        if (opensElsewhere(event)) return;
        event.preventDefault();
        onOpen();
      }}
    >
      <span className="conversation-title" dir="auto">
        {title}
      </span>
      {stateLabel !== undefined && (
        <span
          className={`conversation-state conversation-${state}`}
          role="img"
          aria-label={stateLabel}
          title={stateLabel}
        />
      )}
    </a>
  );
}

/** Returns whether a click asks the browser for another tab or window, or for a download. */
function opensElsewhere({ button, ctrlKey, metaKey, shiftKey, altKey }: MouseEvent): boolean {
  return button !== 0 || ctrlKey || metaKey || shiftKey || altKey;
}
