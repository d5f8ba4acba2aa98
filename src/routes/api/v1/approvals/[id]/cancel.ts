/** `POST /api/v1/approvals/{id}/cancel` */
import type { Route } from "../../../../types.ts";
import { enabled } from "../../words.ts";
import { decidedAs } from "../answer.ts";

export const cancel: Route = {
  path: () => "/api/v1/approvals/:id/cancel",
  methods: { POST: decidedAs("cancelled") },
  enabled,
};
