/** `POST /api/v1/approvals/{id}/reject`: refuses a call. */

import { langchainRoute } from "../../../../_http/langchain.ts";
import type { Route } from "../../../../_http/types.ts";
import { createDecisionHandler } from "../_decision.ts";

export const reject: Route = {
  path: () => "/api/v1/approvals/:id/reject",
  methods: { POST: createDecisionHandler("rejected") },
  ...langchainRoute,
};
