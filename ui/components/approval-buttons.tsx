import { type FormEvent, useState } from "react";
import type { Decision } from "../chat-actions.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { Check, Cross, Pencil } from "./icons.tsx";

interface ApprovalButtonsProps {
  /** Names the calls in the accessible labels. */
  readonly subject: string;
  /** The texts on the buttons for several calls. One call has the usual ones. */
  readonly texts?: { readonly allow: string; readonly deny: string };
  readonly isDangerous: boolean;
  /** No call is selected. */
  readonly isEmpty?: boolean;
  readonly onDecide: (decision: Decision) => void;
  /** Opens the form for the arguments, if they can be changed. */
  readonly onEdit?: (() => void) | undefined;
  /** The form for the arguments was just closed. */
  readonly isEditFocused?: boolean;
}

/** The buttons of an approval: allow or deny at once, and what takes longer. Their names have their visible texts: WCAG 2.2, 2.5.3. */
export function ApprovalButtons(props: ApprovalButtonsProps) {
  const { subject, texts, isDangerous, isEmpty = false, onDecide, onEdit, isEditFocused } = props;
  const [isExplaining, setIsExplaining] = useState(false);
  const isConnected = useChatState((state) => state.link === "open");
  if (isExplaining)
    return (
      <DenialForm
        subject={subject}
        isConnected={isConnected}
        onDeny={(reason) => onDecide({ approved: false, reason })}
        onCancel={() => setIsExplaining(false)}
      />
    );
  const isDisabled = !isConnected || isEmpty;
  return (
    <div className="approval-buttons">
      <button
        type="button"
        className={isDangerous ? "button button-danger" : "button button-main"}
        aria-label={texts ? undefined : t("approval.allowCall", { call: subject })}
        disabled={isDisabled}
        onClick={() => onDecide({ approved: true, scope: "once" })}
      >
        <Check />
        {texts?.allow ?? t("approval.allow")}
      </button>
      <button
        type="button"
        className="button"
        aria-label={texts ? undefined : t("approval.denyCall", { call: subject })}
        disabled={isDisabled}
        onClick={() => onDecide({ approved: false, reason: "" })}
      >
        <Cross />
        {texts?.deny ?? t("approval.deny")}
      </button>
      {onEdit !== undefined && (
        <button
          type="button"
          className="button"
          aria-label={t("approval.editCall", { call: subject })}
          disabled={isDisabled}
          ref={isEditFocused ? focusElement : undefined}
          onClick={onEdit}
        >
          <Pencil />
          {t("approval.edit")}
        </button>
      )}
      <span className="approval-more">
        <button
          type="button"
          className="text-button"
          aria-label={`${t("approval.denyReason")}: ${subject}`}
          disabled={isDisabled}
          onClick={() => setIsExplaining(true)}
        >
          {t("approval.denyReason")}
        </button>
        {texts === undefined && (
          <button
            type="button"
            className="text-button"
            aria-label={`${t("approval.allowSession")}: ${subject}`}
            title={t("approval.allowSessionHint")}
            disabled={isDisabled}
            onClick={() => onDecide({ approved: true, scope: "session" })}
          >
            {t("approval.allowSession")}
          </button>
        )}
      </span>
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
        ref={focusElement}
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

function focusElement(element: HTMLElement | null): void {
  element?.focus();
}
