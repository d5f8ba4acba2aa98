/** `GET /v1/models`: the models that clients of the openai protocol may name. */
import { encodeModel } from "../../../protocols/openai/models.ts";
import type { Route } from "../../_http/types.ts";

export const models: Route = {
  path: () => "/v1/models",
  methods: {
    GET: (_request, { app }) => Response.json({ object: "list", data: app.models.map(encodeModel) }),
  },
  enabled: ({ contracts }) => contracts.includes("openai"),
};
