/** `GET /api/v1/models/providers`: the one provider, Bedrock. */
import { PROVIDER } from "../../../../../protocols/langchain/requests.ts";
import { langchainRoute } from "../../../../_http/langchain.ts";
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
  ...langchainRoute,
};
