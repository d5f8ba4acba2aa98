import { type FormEvent, useState } from "react";
import type { Decision } from "../chat-actions.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { Check, Cross } from "./icons.tsx";

interface ApprovalButtonsProps {
  /** Names the calls in the accessible labels. */
  readonly subject: string;
  /** The buttons decide on several calls at once. */
  readonly isForAll?: boolean;
  readonly isDangerous: boolean;
  readonly onDecide: (decision: Decision) => void;
}

/** The buttons of an approval: allow once, always allow, or deny with a reason. */
export function ApprovalButtons({ subject, isForAll = false, isDangerous, onDecide }: ApprovalButtonsProps) {
  const [isDenying, setIsDenying] = useState(false);
  const isConnected = useChatState((state) => state.link === "open");
  if (isDenying)
    return (
      <DenialForm
        subject={subject}
        isConnected={isConnected}
        onDeny={(reason) => onDecide({ approved: false, reason })}
        onCancel={() => setIsDenying(false)}
      />
    );
  return (
    <div className="approval-buttons">
      <button
        type="button"
        className={isDangerous ? "button button-danger" : "button button-main"}
        aria-label={t("approval.allowCall", { call: subject })}
        disabled={!isConnected}
        onClick={() => onDecide({ approved: true, scope: "once" })}
      >
        <Check />
        {t(isForAll ? "approval.allowAll" : "approval.allow")}
      </button>
      {!isForAll && (
        <button
          type="button"
          className="button"
          aria-label={t("approval.allowSessionCall", { call: subject })}
          title={t("approval.allowSessionHint")}
          disabled={!isConnected}
          onClick={() => onDecide({ approved: true, scope: "session" })}
        >
          {t("approval.allowSession")}
        </button>
      )}
      <button
        type="button"
        className="button"
        aria-label={t("approval.denyCall", { call: subject })}
        disabled={!isConnected}
        onClick={() => setIsDenying(true)}
      >
        <Cross />
        {t(isForAll ? "approval.denyAll" : "approval.deny")}
      </button>
    </div>
  );
}

interface DenialFormProps {
  readonly subject: string;
  readonly isConnected: boolean;
  readonly onDeny: (reason: string) => void;
  readonly onCancel: () => void;
}

function DenialForm({ subject, isConnected, onDeny, onCancel }: DenialFormProps) {
  const handleSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onDeny(String(new FormData(event.currentTarget).get("reason") ?? "").trim());
  };
  return (
    <form
      className="approval-buttons"
      aria-label={t("approval.denyCall", { call: subject })}
      onSubmit={handleSubmit}
      onKeyDown={(event) => {
        if (event.key === "Escape") onCancel();
      }}
    >
      <input
        name="reason"
        className="field"
        aria-label={t("approval.reason", { call: subject })}
        placeholder={t("approval.reasonHint")}
        maxLength={2_000}
        autoComplete="off"
        ref={focusInput}
      />
      <button type="submit" className="button" disabled={!isConnected}>
        <Cross />
        {t("approval.deny")}
      </button>
      <button type="button" className="text-button" onClick={onCancel}>
        {t("cancel")}
      </button>
    </form>
  );
}

function focusInput(input: HTMLInputElement | null): void {
  input?.focus();
}
