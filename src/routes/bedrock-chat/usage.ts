/** `GET {base}/usage`: what all sessions of the organization have used, for administrators. */
import { z } from "zod";
import { isAdministered } from "../../access/ownership.ts";
import { requiresAuthentication } from "../../config/authentication-rules.ts";
import { usagePath } from "../../config/paths.ts";
import { AppError } from "../../errors.ts";
import { collectUsage, formatUsageCsv, parseUsageKeys, USAGE_KEYS } from "../../telemetry/usage-report.ts";
import type { Route } from "../_http/types.ts";

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, "a day such as 2026-11-29");
const Query = z.object({
  by: z
    .string()
    .default("day")
    .transform((text, context) => {
      const keys = parseUsageKeys(text);
      if (keys === undefined) context.addIssue(`by: the keys are ${USAGE_KEYS.join(", ")}`);
      return keys ?? z.NEVER;
    }),
  since: day.optional(),
  until: day.optional(),
  format: z.enum(["json", "csv"]).default("json"),
});

/** Without authentication nobody is an administrator, and the route does not exist. */
export const usage: Route = {
  path: usagePath,
  access: "administrator",
  enabled: requiresAuthentication,
  methods: {
    async GET(request, { app, caller, url }) {
      const query = Query.safeParse(Object.fromEntries(url.searchParams));
      if (!query.success)
        throw new AppError("bad_request", query.error.issues.map(({ message }) => message).join("; "));
      const { format, ...selection } = query.data;
      const included = { ...selection, includes: (owner: string) => isAdministered(owner, caller) };
      const rows = await collectUsage(app.store, included, app.model.cost, request.signal);
      const headers = { "Cache-Control": "no-store" };
      if (format === "json") return Response.json({ usage: rows }, { headers });
      const type = { "Content-Type": "text/csv; charset=utf-8" };
      return new Response(formatUsageCsv(rows, selection.by), { headers: { ...headers, ...type } });
    },
  },
};
