/** `GET /api/v1/approvals/{id}` */

import { enabled, inLangchainWords, langchainVisitor } from "../../../../_http/langchain.ts";
import { lastName, type Route } from "../../../../_http/types.ts";
import { approvalNotFound, shownApproval } from "../_answer.ts";

export const approval: Route = {
  path: () => "/api/v1/approvals/:id",
  methods: {
    GET: inLangchainWords((request, visit) => {
      const id = lastName(visit.url);
      const asked = visit.approvals.find(id, langchainVisitor(request, visit).caller);
      return asked ? Response.json(shownApproval(asked)) : approvalNotFound(id);
    }),
  },
  enabled,
};
