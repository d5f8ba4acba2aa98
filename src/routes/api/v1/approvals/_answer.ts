/** What the routes for approvals share. */
import type { Asked } from "../../../../protocols/langchain/approval-requests.ts";
import { DecisionRequest, encodeApproval } from "../../../../protocols/langchain/codec.ts";
import { validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import { inLangchainWords, invalid, langchainVisitor } from "../../../_http/langchain.ts";
import { decoded, type Handler } from "../../../_http/types.ts";

export function shownApproval(asked: Asked) {
  return { ...encodeApproval(asked), session_id: asked.sessionName, status: asked.status };
}

export function approvalNotFound(id: string): Response {
  return Response.json({ detail: `Approval not found: ${id}` }, { status: 404 });
}

/** `…/{id}/approve` and its like. */
export function decidedAs(status: "approved" | "rejected" | "cancelled"): Handler {
  return inLangchainWords(async (request, visit) => {
    const { approvals, url } = visit;
    const id = decoded(url.pathname.split("/").at(-2) ?? "");
    const asked = approvals.find(id, langchainVisitor(request, visit).caller);
    if (!asked) return approvalNotFound(id);
    const read = validateBody((await request.text()) || "{}", DecisionRequest);
    if (read.outcome === "invalid") return invalid(read.details);
    if (!(await approvals.decide(asked, status, read.value.reason ?? undefined)))
      return Response.json({ detail: `Approval is not pending: ${asked.status}` }, { status: 400 });
    return Response.json({ approval_id: id, status, message: `The call was ${status}` });
  });
}
