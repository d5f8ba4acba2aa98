import { type FormEvent, useState } from "react";
import type { Decision } from "../chat.ts";
import { useChatState } from "../chat-context.tsx";
import { Check, Cross } from "./icons.tsx";

interface ApprovalButtonsProps {
  /** What the buttons are about, for who does not see where they stand. */
  readonly subject: string;
  /** Several calls at once. */
  readonly isForAll?: boolean;
  readonly isDangerous: boolean;
  readonly onDecide: (word: Decision) => void;
}

/** The ways to answer: allow it, now or from now on, or refuse it and say why. */
export function ApprovalButtons({ subject, isForAll = false, isDangerous, onDecide }: ApprovalButtonsProps) {
  const [isRefusing, setIsRefusing] = useState(false);
  const isConnected = useChatState((state) => state.link === "open");
  if (isRefusing)
    return (
      <RefusalForm
        subject={subject}
        isConnected={isConnected}
        onRefuse={(reason) => onDecide({ approved: false, reason })}
        onCancel={() => setIsRefusing(false)}
      />
    );
  return (
    <div className="permission">
      <button
        type="button"
        className={isDangerous ? "button button-danger" : "button button-main"}
        aria-label={`Allow ${subject}`}
        disabled={!isConnected}
        onClick={() => onDecide({ approved: true, scope: "once" })}
      >
        <Check />
        {isForAll ? "Allow all" : "Allow"}
      </button>
      {!isForAll && (
        <button
          type="button"
          className="button"
          aria-label={`Allow ${subject} for this conversation`}
          title="Calls of this operation are not asked about any more in this conversation"
          disabled={!isConnected}
          onClick={() => onDecide({ approved: true, scope: "session" })}
        >
          Allow for this conversation
        </button>
      )}
      <button
        type="button"
        className="button"
        aria-label={`Refuse ${subject}`}
        disabled={!isConnected}
        onClick={() => setIsRefusing(true)}
      >
        <Cross />
        {isForAll ? "Refuse all" : "Refuse"}
      </button>
    </div>
  );
}

interface RefusalFormProps {
  readonly subject: string;
  readonly isConnected: boolean;
  readonly onRefuse: (reason: string) => void;
  readonly onCancel: () => void;
}

function RefusalForm({ subject, isConnected, onRefuse, onCancel }: RefusalFormProps) {
  const handleSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onRefuse(String(new FormData(event.currentTarget).get("reason") ?? "").trim());
  };
  return (
    <form
      className="permission"
      aria-label={`Refuse ${subject}`}
      onSubmit={handleSubmit}
      onKeyDown={(event) => {
        if (event.key === "Escape") onCancel();
      }}
    >
      <input
        name="reason"
        className="field"
        aria-label={`Why ${subject} is refused`}
        placeholder="Why? The assistant reads it."
        maxLength={2_000}
        autoComplete="off"
        ref={focusInput}
      />
      <button type="submit" className="button" disabled={!isConnected}>
        <Cross />
        Refuse
      </button>
      <button type="button" className="text-button" onClick={onCancel}>
        Back
      </button>
    </form>
  );
}

/** The reader asked for it: nothing else is where they write. */
function focusInput(input: HTMLInputElement | null): void {
  input?.focus();
}
