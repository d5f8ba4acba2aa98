/** `GET {base}/usage/overview`: the usage of a period as administrators see it on the page. */
import { z } from "zod";
import { requiresAuthentication } from "../../../config/authentication-rules.ts";
import { usagePath } from "../../../config/paths.ts";
import { collectOverview } from "../../../telemetry/usage/overview.ts";
import type { Route } from "../../_http/types.ts";
import { parseUsageQuery, usageDay, usageSource } from "../../_http/usage-query.ts";

const Query = z.object({ since: usageDay.optional(), until: usageDay.optional() });

export const usageOverview: Route = {
  path: (config) => `${usagePath(config)}/overview`,
  access: "administrator",
  enabled: requiresAuthentication,
  methods: {
    async GET(request, { app, caller, url }) {
      const period = parseUsageQuery(Query, url);
      const hasNotes = app.authorizer.permissionsFor(caller).administrates("texts");
      if (hasNotes)
        app.audit.record({ event: "administration", act: "texts_read", subject: "notes of ratings" });
      const source = usageSource(app, caller, request.signal);
      return Response.json(await collectOverview(source, period, hasNotes), {
        headers: { "Cache-Control": "no-store" },
      });
    },
  },
};
