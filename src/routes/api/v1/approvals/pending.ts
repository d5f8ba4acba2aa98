/** `GET /api/v1/approvals/pending?session_id=` */

import { enabled, langchainVisitor } from "../../../_http/langchain.ts";
import type { Route } from "../../../_http/types.ts";
import { shownApproval } from "./_answer.ts";

export const pendingApprovals: Route = {
  path: () => "/api/v1/approvals/pending",
  methods: {
    GET(request, visit) {
      const { caller } = langchainVisitor(request, visit);
      const session = visit.url.searchParams.get("session_id") ?? undefined;
      return Response.json(visit.approvals.pending(caller, session).map(shownApproval));
    },
  },
  enabled,
};
