import { lazy, Suspense, useState } from "react";
import { formatCallName } from "../call-line.ts";
import { describeCall } from "../call-sentence.ts";
import type { Decision } from "../chat-actions.ts";
import { t } from "../language/language.ts";
import type { PlainKey } from "../language/types.ts";
import type { CallApproval, CallPart } from "../state/types.ts";
import { ApprovalButtons } from "./approval-buttons.tsx";
import { CallOperation, RequestDetails } from "./call-request.tsx";
import { CallValues } from "./call-values.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";

const EditCall = lazy(() => import("./edit-call.tsx"));

interface ApprovalCardProps {
  readonly call: CallPart;
  /** The user can still decide on the call. */
  readonly isUndecided: boolean;
  readonly onDecide: (decision: Decision) => void;
}

const DECISIONS: Readonly<Record<NonNullable<CallApproval["decision"]>, PlainKey>> = {
  allowed: "approval.allowed",
  denied: "approval.denied",
  elsewhere: "approval.elsewhere",
};

/** One call that waits for approval: what it does, its values, and the request that it would send. */
export function ApprovalCard({ call, isUndecided, onDecide }: ApprovalCardProps) {
  return (
    <article className={isDangerous(call) ? "approval-card approval-danger" : "approval-card"}>
      <h3 className="approval-title" tabIndex={-1} data-call={call.id}>
        {describeCall(call)}
      </h3>
      <CallOperation call={call} />
      <ApprovalBody call={call} isUndecided={isUndecided} onDecide={onDecide} />
    </article>
  );
}

/** The values of a call, its exact request, and the buttons to decide on it. */
export function ApprovalBody({ call, isUndecided, onDecide }: ApprovalCardProps) {
  const [form, setForm] = useState<"unused" | "open" | "closed">("unused");
  const { request, isEdited = false } = call.approval ?? {};
  const subject = formatCallName(call);
  if (form === "open" && isUndecided)
    return (
      <ErrorBoundary fallback={<p className="result-notice">{t("call.detailsFailed")}</p>}>
        <Suspense fallback={<p className="result-notice">{t("loading")}</p>}>
          <EditCall call={call} onClose={() => setForm("closed")} />
        </Suspense>
      </ErrorBoundary>
    );
  return (
    <>
      <CallValues values={call.arguments} />
      {isEdited && <p className="approval-edited">{t("approval.edited")}</p>}
      {request !== undefined && <RequestDetails request={request} />}
      <ApprovalDecision call={call} />
      {isUndecided && (
        <ApprovalButtons
          subject={subject}
          isDangerous={isDangerous(call)}
          onDecide={onDecide}
          // Only the request of an operation can be made again from other values.
          onEdit={request === undefined ? undefined : () => setForm("open")}
          isEditFocused={form === "closed"}
        />
      )}
    </>
  );
}

export function ApprovalDecision({ call }: { call: CallPart }) {
  const { decision } = call.approval ?? {};
  if (decision === undefined) return null;
  return (
    <p className="approval-decision" role="status">
      {t(DECISIONS[decision])}
    </p>
  );
}

/** Returns whether the call deletes something. */
export function isDangerous({ approval, method }: CallPart): boolean {
  return (approval?.request?.method ?? method)?.toUpperCase() === "DELETE";
}
