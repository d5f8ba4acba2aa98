/** `GET /metrics`: metrics in the text format of Prometheus. */
import type { Route } from "./_http/types.ts";

export const metrics: Route = {
  path: () => "/metrics",
  access: "administrator",
  bearerSecret: ({ metricsToken }) => metricsToken,
  methods: {
    async GET(_request, { app }) {
      const { text, contentType } = await app.telemetry.metrics();
      return new Response(text, { headers: { "Content-Type": contentType, "Cache-Control": "no-store" } });
    },
  },
};
