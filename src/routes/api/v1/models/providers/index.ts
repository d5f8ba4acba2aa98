/** `GET /api/v1/models/providers`: Bedrock alone. */
import { PROVIDER } from "../../../../../protocols/langchain/codec.ts";
import { enabled } from "../../../../_http/langchain.ts";
import type { Route } from "../../../../_http/types.ts";

export const providers: Route = {
  path: () => "/api/v1/models/providers",
  methods: {
    async GET(_request, { app }) {
      const { status } = await app.model.health();
      const configured = status === "ready";
      return Response.json([{ name: PROVIDER, available: true, configured, default_model: app.modelId }]);
    },
  },
  enabled,
};
