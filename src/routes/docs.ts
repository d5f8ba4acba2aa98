/** `GET /docs`: the version and the endpoints, as text. */
import { docsPath, isPageServed } from "../config/paths.ts";
import type { Route } from "./_http/types.ts";

export const docs: Route = {
  path: () => "/docs",
  methods: {
    GET(_request, { app, endpoints }) {
      const rows = Object.entries(endpoints).map(([name, address]) => `  ${name.padEnd(13)}${address}`);
      const manual = isPageServed(app.config) ? `\nManual: ${docsPath(app.config)}\n` : "";
      return new Response(`specchat ${app.version}\n\n${rows.join("\n")}\n${manual}`);
    },
  },
  endpoint: { name: "docs", method: "GET" },
};
