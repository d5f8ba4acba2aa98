/** `POST /api/v1/approvals/{id}/approve` */
import type { Route } from "../../../../types.ts";
import { enabled } from "../../words.ts";
import { decidedAs } from "../answer.ts";

export const approve: Route = {
  path: () => "/api/v1/approvals/:id/approve",
  methods: { POST: decidedAs("approved") },
  enabled,
};
