/** `GET /api/v1/approvals/{id}` */
import { lastName, type Route } from "../../../../types.ts";
import { enabled, inLangchainWords, langchainVisitor } from "../../words.ts";
import { approvalNotFound, shownApproval } from "../answer.ts";

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
