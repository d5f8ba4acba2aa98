import { type FormEvent, useState } from "react";
import type { Word } from "../chat.ts";
import { useChatState } from "../chat-context.tsx";
import { Check, Cross } from "./icons.tsx";

interface PermissionProps {
  /** What the buttons are about, for who does not see where they stand. */
  readonly what: string;
  /** Several calls at once. */
  readonly all?: boolean;
  readonly isDangerous: boolean;
  readonly onDecide: (word: Word) => void;
}

/** The ways to answer: allow it, now or from now on, or refuse it and say why. */
export function Permission({ what, all = false, isDangerous, onDecide }: PermissionProps) {
  const [isRefusing, setIsRefusing] = useState(false);
  const isConnected = useChatState((state) => state.link === "open");
  if (isRefusing)
    return (
      <RefusalForm
        what={what}
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
        aria-label={`Allow ${what}`}
        disabled={!isConnected}
        onClick={() => onDecide({ approved: true, scope: "once" })}
      >
        <Check />
        {all ? "Allow all" : "Allow"}
      </button>
      {!all && (
        <button
          type="button"
          className="button"
          aria-label={`Allow ${what} for this conversation`}
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
        aria-label={`Refuse ${what}`}
        disabled={!isConnected}
        onClick={() => setIsRefusing(true)}
      >
        <Cross />
        {all ? "Refuse all" : "Refuse"}
      </button>
    </div>
  );
}

interface RefusalFormProps {
  readonly what: string;
  readonly isConnected: boolean;
  readonly onRefuse: (reason: string) => void;
  readonly onCancel: () => void;
}

function RefusalForm({ what, isConnected, onRefuse, onCancel }: RefusalFormProps) {
  const refuse = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onRefuse(String(new FormData(event.currentTarget).get("reason") ?? "").trim());
  };
  return (
    <form
      className="permission"
      aria-label={`Refuse ${what}`}
      onSubmit={refuse}
      onKeyDown={(event) => {
        if (event.key === "Escape") onCancel();
      }}
    >
      <input
        name="reason"
        className="field"
        aria-label={`Why ${what} is refused`}
        placeholder="Why? The assistant reads it."
        maxLength={2_000}
        autoComplete="off"
        ref={focused}
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
function focused(input: HTMLInputElement | null): void {
  input?.focus();
}
