import { useEffect, useState } from "react";
import type { ErrorCode } from "../../src/errors.ts";
import { t } from "../language/language.ts";
import type { Failure } from "../state/types.ts";
import { Pencil, Retry, Warning } from "./icons.tsx";

interface FailureBoxProps {
  readonly failure: Failure;
  readonly onRetry: () => void;
  /** Called to edit a message that would fail again without a change. */
  readonly onEdit: () => void;
}

type Owner = "yours" | "wait" | "administrator";

/** Whose turn it is after a failure, by its code. Other failures speak for themselves. */
const OWNERS: Readonly<Record<string, Owner>> = {
  message_too_long: "yours",
  context_exceeded: "yours",
  rate_limited: "wait",
  throttled: "wait",
  too_many_tools: "administrator",
  access_denied: "administrator",
} as const satisfies Partial<Record<ErrorCode, Owner>>;

/** The error of a failed turn, with a button to try again or to edit the message. */
export function FailureBox({ failure, onRetry, onEdit }: FailureBoxProps) {
  const owner = OWNERS[failure.code ?? ""];
  const seconds = useCountdown(failure.retryAfterMs);
  return (
    <div className="failure" role="alert">
      <Warning />
      <p dir="auto">
        {owner !== undefined && <strong>{t(`failure.${owner}`)}</strong>} {failure.message}
        {failure.code !== undefined && <code>{failure.code}</code>}
        {failure.detail !== undefined && (
          <small lang="en" dir="ltr">
            {failure.detail}
          </small>
        )}
      </p>
      {!failure.retryable && (
        <button type="button" className="button" onClick={onEdit}>
          <Pencil />
          {t("message.edit")}
        </button>
      )}
      {failure.retryable && (
        <button type="button" className="button" disabled={seconds > 0} onClick={onRetry}>
          <Retry />
          {seconds > 0 ? t("reply.tryAgainIn", { seconds }) : t("tryAgain")}
        </button>
      )}
    </div>
  );
}

/** Counts down. Returns the remaining whole seconds. */
function useCountdown(milliseconds: number): number {
  const [remaining, setRemaining] = useState(Math.ceil(milliseconds / 1000));
  const isDone = remaining <= 0;
  useEffect(() => {
    if (isDone) return;
    const timer = setInterval(() => setRemaining((before) => before - 1), 1000);
    return () => clearInterval(timer);
  }, [isDone]);
  return remaining;
}
