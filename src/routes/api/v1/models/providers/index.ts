/** `GET /api/v1/models/providers`: the one provider, Bedrock. */
import { PROVIDER } from "../../../../../protocols/langchain/provider.ts";
import { permittedModels } from "../../../../../turns/permitted-models.ts";
import { langchainRoute } from "../../../../_http/langchain.ts";
import type { Route } from "../../../../_http/types.ts";

export const providers: Route = {
  path: () => "/api/v1/models/providers",
  methods: {
    async GET(_request, { app, caller }) {
      const { status } = await app.model.health();
      const configured = status === "ready";
      const [model = null] = permittedModels(app, caller);
      return Response.json([{ name: PROVIDER, available: true, configured, default_model: model }]);
    },
  },
  ...langchainRoute,
};
