/** `GET /metrics`: metrics in the text format of Prometheus, or in OpenMetrics when the client accepts it. */
import type { Route } from "./_http/types.ts";

export const metrics: Route = {
  path: () => "/metrics",
  access: "administrator",
  bearerSecret: ({ metricsToken }) => metricsToken,
  methods: {
    GET(request, { app }) {
      const { text, contentType } = app.telemetry.metrics(request.headers.get("accept"));
      return new Response(text, { headers: { "Content-Type": contentType, "Cache-Control": "no-store" } });
    },
  },
};
