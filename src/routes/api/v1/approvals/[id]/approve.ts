/** `POST /api/v1/approvals/{id}/approve`: approves a call. */

import { langchainRoute } from "../../../../_http/langchain.ts";
import type { Route } from "../../../../_http/types.ts";
import { createDecisionHandler } from "../_decision.ts";

export const approve: Route = {
  path: () => "/api/v1/approvals/:id/approve",
  methods: { POST: createDecisionHandler("approved") },
  ...langchainRoute,
};
