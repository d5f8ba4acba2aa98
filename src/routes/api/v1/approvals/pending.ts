/** `GET /api/v1/approvals/pending?session_id=` */
import type { Route } from "../../../types.ts";
import { enabled, langchainVisitor } from "../words.ts";
import { shownApproval } from "./answer.ts";

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
