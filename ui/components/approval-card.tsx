import { formatCallLine, formatCallName } from "../call-line.ts";
import type { Decision } from "../chat-actions.ts";
import { escapeInvisible } from "../escape.ts";
import { t } from "../language/language.ts";
import type { CallPart } from "../state/types.ts";
import { ApprovalButtons } from "./approval-buttons.tsx";
import { ReadableView } from "./readable-view.tsx";

interface ApprovalCardProps {
  readonly call: CallPart;
  /** The user can still decide on the call. */
  readonly isUndecided: boolean;
  readonly onDecide: (decision: Decision) => void;
}

function formatHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

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
      {request !== undefined && <p className="approval-url">{escapeInvisible(request.url)}</p>}
      {request?.headers !== undefined && (
        <ReadableView content="headers" value={formatHeaders(request.headers)} isCall isWhole />
      )}
      {request?.body !== undefined && <ReadableView content="body" value={request.body} isCall isWhole />}
      {request === undefined && <ReadableView content="arguments" value={call.arguments} isCall isWhole />}
      {decision !== undefined && (
        <p className="approval-decision" role="status">
          {t(`approval.${decision}`)}
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
