/** `GET /api/v1/models/providers/{name}`: the models of a provider. */
import { invalidProvider } from "../../../../../protocols/langchain/error-bodies.ts";
import { PROVIDER } from "../../../../../protocols/langchain/provider.ts";
import { permittedModels } from "../../../../../turns/permitted-models.ts";
import { langchainRoute, withLangchainErrors } from "../../../../_http/langchain.ts";
import { decodeLastSegment, type Route } from "../../../../_http/types.ts";

export const provider: Route = {
  path: () => "/api/v1/models/providers/:name",
  methods: {
    GET: withLangchainErrors(async (_request, { app, caller, url }) => {
      const name = decodeLastSegment(url);
      if (name !== PROVIDER) return Response.json(invalidProvider(name), { status: 404 });
      const models = permittedModels(app, caller);
      const { status } = await app.model.health();
      return Response.json({
        name,
        configured: status === "ready",
        available_models: models.map((model) => ({ name: model, description: model })),
        default_model: models[0] ?? null,
      });
    }),
  },
  ...langchainRoute,
};
