/** `GET /metrics`: metrics in the text format of Prometheus, or in OpenMetrics when the client accepts it. */
import type { Route } from "./_http/types.ts";

export const metrics: Route = {
  path: () => "/metrics",
  access: "administrator",
  bearerSecret: ({ metricsToken }) => metricsToken,
  enabled: ({ metricsPort }) => metricsPort === undefined,
  methods: {
    GET(request, { app }) {
      const { text, contentType } = app.telemetry.metrics(request.headers.get("accept"));
      return new Response(text, { headers: { "Content-Type": contentType, "Cache-Control": "no-store" } });
    },
  },
};

/** The route of `--metrics-port`. A scraper uses an address that no setting names. */
export const metricsOnOwnPort: Route = { ...metrics, enabled: () => true, answersAnyHost: true };
