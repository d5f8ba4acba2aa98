import { t } from "../language/language.ts";
import type { SessionFrame } from "../protocol.ts";

interface ConversationOpenButtonProps {
  readonly title: string;
  readonly state: SessionFrame["state"];
  readonly isCurrent: boolean;
  /** Takes the focus when the button appears. */
  readonly takesFocus: boolean;
  readonly onClick: () => void;
}

/** The title of a conversation and the state of its turn. */
export function ConversationOpenButton(props: ConversationOpenButtonProps) {
  const { title, state, isCurrent, takesFocus, onClick } = props;
  const stateLabel = state === "idle" ? undefined : t(`list.${state}`);
  return (
    <button
      type="button"
      className="conversation-open"
      // biome-ignore lint/a11y/noAutofocus: the button replaces the rename field that had the focus.
      autoFocus={takesFocus}
      aria-current={isCurrent ? "true" : undefined}
      title={title}
      onClick={onClick}
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
    </button>
  );
}
