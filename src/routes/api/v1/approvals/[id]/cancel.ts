/** `POST /api/v1/approvals/{id}/cancel`: cancels a call, which counts as a refusal. */

import { langchainRoute } from "../../../../_http/langchain.ts";
import type { Route } from "../../../../_http/types.ts";
import { createDecisionHandler } from "../_decision.ts";

export const cancel: Route = {
  path: () => "/api/v1/approvals/:id/cancel",
  methods: { POST: createDecisionHandler("cancelled") },
  ...langchainRoute,
};
