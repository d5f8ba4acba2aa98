/** Helpers of the approval routes: status body, 404 and the handler of a decision. */
import { type ApprovalRequest, approvalRequests } from "../../../../protocols/langchain/approval-requests.ts";
import { encodeApproval } from "../../../../protocols/langchain/event-codec.ts";
import { validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import {
  langchainClientFor,
  validationErrorResponse,
  withLangchainErrors,
} from "../../../_http/langchain.ts";
import { decodeSegment, type Handler, segmentBeforeLast } from "../../../_http/types.ts";

export function encodeApprovalStatus(request: ApprovalRequest) {
  return { ...encodeApproval(request), session_id: request.sessionName, status: request.status };
}

export function approvalNotFound(id: string): Response {
  return Response.json({ detail: `Approval not found: ${id}` }, { status: 404 });
}

/** Creates the handler of `…/{id}/approve`, `/reject` or `/cancel`. */
export function createDecisionHandler(status: "approved" | "rejected" | "cancelled"): Handler {
  return withLangchainErrors(async (request, context) => {
    const approvals = context.stateOf(approvalRequests);
    const id = decodeSegment(segmentBeforeLast(context.url));
    const { caller } = langchainClientFor(request, context);
    const approvalRequest = approvals.find(id, caller);
    if (!approvalRequest) return approvalNotFound(id);
    const { DecisionRequest } = await import("../../../../protocols/langchain/requests.ts");
    const read = validateBody(context.takeBody() || "{}", DecisionRequest);
    if (read.outcome === "invalid") return validationErrorResponse(read.details);
    if (!(await approvals.decide(approvalRequest, caller, status, read.value.reason ?? undefined)))
      return Response.json({ detail: `Approval is not pending: ${approvalRequest.status}` }, { status: 400 });
    return Response.json({ approval_id: id, status, message: `The call was ${status}` });
  });
}
