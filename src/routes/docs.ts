/** `GET /docs`: the listEndpoints that are served, as plain text. */
import { docsPath, isPageServed } from "../config/paths.ts";
import { listEndpoints } from "./_http/endpoints.ts";
import type { Route } from "./_http/types.ts";

export const docs: Route = {
  path: () => "/docs",
  methods: {
    GET(_request, { app }) {
      const rows = Object.entries(listEndpoints(app.config)).map(
        ([name, address]) => `  ${name.padEnd(13)}${address}`,
      );
      const manual = isPageServed(app.config) ? `\nManual: ${docsPath(app.config)}\n` : "";
      return new Response(`specchat ${app.version}\n\n${rows.join("\n")}\n${manual}`);
    },
  },
};
