/** `GET {base}/usage`: what all sessions of the organization have used, for administrators. */
import { z } from "zod";
import { requiresAuthentication } from "../../../config/authentication-rules.ts";
import { usagePath } from "../../../config/paths.ts";
import { collectUsage, formatUsageCsv, parseUsageKeys } from "../../../telemetry/usage/report.ts";
import { USAGE_KEYS } from "../../../telemetry/usage/types.ts";
import type { Route } from "../../_http/types.ts";
import { parseUsageQuery, usageDay, usageSource } from "../../_http/usage-query.ts";

const Query = z.object({
  by: z
    .string()
    .default("day")
    .transform((text, context) => {
      const keys = parseUsageKeys(text);
      if (keys === undefined) context.addIssue(`by: the keys are ${USAGE_KEYS.join(", ")}`);
      return keys ?? z.NEVER;
    }),
  since: usageDay.optional(),
  until: usageDay.optional(),
  format: z.enum(["json", "csv"]).default("json"),
});

/** Without authentication nobody is an administrator, and the route does not exist. */
export const usage: Route = {
  path: usagePath,
  access: "administrator",
  enabled: requiresAuthentication,
  methods: {
    async GET(request, { app, caller, url }) {
      const { format, ...selection } = parseUsageQuery(Query, url);
      const rows = await collectUsage(usageSource(app, caller, request.signal), selection);
      const headers = { "Cache-Control": "no-store" };
      if (format === "json") return Response.json({ usage: rows }, { headers });
      const type = { "Content-Type": "text/csv; charset=utf-8" };
      return new Response(formatUsageCsv(rows, selection.by), { headers: { ...headers, ...type } });
    },
  },
};
