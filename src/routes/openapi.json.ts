/** `GET /openapi.json`: specchat's own HTTP API as an OpenAPI document. */
import type { Route } from "./_http/types.ts";

export const ownDocument: Route = {
  path: () => "/openapi.json",
  methods: { GET: (_request, { describeOwnApi }) => Response.json(describeOwnApi()) },
};
