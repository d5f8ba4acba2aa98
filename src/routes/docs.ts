/** `GET /docs`: where people look who want to know how to speak to it. */
import { addresses } from "./_http/endpoints.ts";
import type { Route } from "./_http/types.ts";

export const docs: Route = {
  path: () => "/docs",
  methods: {
    GET(_request, { app }) {
      const rows = Object.entries(addresses(app.config)).map(
        ([name, address]) => `  ${name.padEnd(13)}${address}`,
      );
      return new Response(`specchat ${app.version}\n\n${rows.join("\n")}\n`);
    },
  },
};
