/** `GET /api/v1/approvals/pending?session_id=`: the open approval requests of a session or of the caller. */

import { approvalRequests } from "../../../../protocols/langchain/approval-requests.ts";
import { langchainClientFor, langchainRoute } from "../../../_http/langchain.ts";
import type { Route } from "../../../_http/types.ts";
import { encodeApprovalStatus } from "./_decision.ts";

export const pendingApprovals: Route = {
  path: () => "/api/v1/approvals/pending",
  methods: {
    GET(request, context) {
      const { caller } = langchainClientFor(request, context);
      const session = context.url.searchParams.get("session_id") ?? undefined;
      return Response.json(
        context.stateOf(approvalRequests).listPending(caller, session).map(encodeApprovalStatus),
      );
    },
  },
  ...langchainRoute,
};
