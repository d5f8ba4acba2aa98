import { formatCallLine, formatCallName } from "../call-line.ts";
import type { Decision } from "../chat.ts";
import type { CallPart } from "../state/types.ts";
import { ApprovalButtons } from "./permission.tsx";
import { ReadableView } from "./readable-view.tsx";

interface ApprovalCardProps {
  readonly call: CallPart;
  /** May it still be answered? */
  readonly isUndecided: boolean;
  readonly onDecide: (word: Decision) => void;
}

const DECISIONS = {
  allowed: "Allowed.",
  refused: "Refused.",
  elsewhere: "This was answered elsewhere, or nobody waits for an answer any more.",
} as const;

/** One call that waits, as it would be sent. */
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
