/** `GET /api/v1/approvals/{id}`: one approval request and its status. */

import { approvalRequests } from "../../../../../protocols/langchain/approval-requests.ts";
import { langchainClientFor, langchainRoute, withLangchainErrors } from "../../../../_http/langchain.ts";
import { decodeLastSegment, type Route } from "../../../../_http/types.ts";
import { approvalNotFound, encodeApprovalStatus } from "../_decision.ts";

export const approval: Route = {
  path: () => "/api/v1/approvals/:id",
  methods: {
    GET: withLangchainErrors((request, context) => {
      const id = decodeLastSegment(context.url);
      const approvals = context.stateOf(approvalRequests);
      const approvalRequest = approvals.find(id, langchainClientFor(request, context).caller);
      return approvalRequest ? Response.json(encodeApprovalStatus(approvalRequest)) : approvalNotFound(id);
    }),
  },
  ...langchainRoute,
};
