/** `GET /docs`: the version and the endpoints, as text. */
import type { Route } from "./_http/types.ts";

export const docs: Route = {
  path: () => "/docs",
  methods: {
    GET(_request, { app, endpoints }) {
      const rows = Object.entries(endpoints).map(([name, address]) => `  ${name.padEnd(13)}${address}`);
      return new Response(`specchat ${app.version}\n\n${rows.join("\n")}\n`);
    },
  },
  endpoint: { name: "docs", method: "GET" },
};
