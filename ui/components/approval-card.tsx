import { formatCallLine, formatCallName } from "../call-line.ts";
import type { Decision } from "../chat-actions.ts";
import type { CallPart } from "../state/types.ts";
import { ApprovalButtons } from "./approval-buttons.tsx";
import { ReadableView } from "./readable-view.tsx";

interface ApprovalCardProps {
  readonly call: CallPart;
  /** The user can still decide on the call. */
  readonly isUndecided: boolean;
  readonly onDecide: (decision: Decision) => void;
}

const DECISIONS = {
  allowed: "Allowed.",
  denied: "Denied.",
  elsewhere: "This call was decided in another window, or it is no longer pending.",
} as const;

/** One call that waits for approval, with the request that it would send. */
export function ApprovalCard({ call, isUndecided, onDecide }: ApprovalCardProps) {
  const { request, decision } = call.approval ?? {};
  const method = (request?.method ?? call.method)?.toUpperCase();
  return (
    <article className={method === "DELETE" ? "approval-card approval-danger" : "approval-card"}>
      <h3 className="approval-title" tabIndex={-1}>
        {method !== undefined && <span className={`method method-${method.toLowerCase()}`}>{method}</span>}
        <span>{formatCallLine(call).path}</span>
      </h3>
      {request !== undefined && <p className="approval-url">{request.url}</p>}
      {request?.body !== undefined && <ReadableView title="Body" value={request.body} />}
      {request === undefined && <ReadableView title="Arguments" value={call.arguments} />}
      {decision !== undefined && (
        <p className="approval-decision" role="status">
          {DECISIONS[decision]}
        </p>
      )}
      {isUndecided && (
        <ApprovalButtons
          subject={formatCallName(call)}
          isDangerous={method === "DELETE"}
          onDecide={onDecide}
        />
      )}
    </article>
  );
}
