/** `POST /api/v1/approvals/{id}/reject` */
import type { Route } from "../../../../types.ts";
import { enabled } from "../../words.ts";
import { decidedAs } from "../answer.ts";

export const reject: Route = {
  path: () => "/api/v1/approvals/:id/reject",
  methods: { POST: decidedAs("rejected") },
  enabled,
};
