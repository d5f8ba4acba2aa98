/** `GET /v1/models`: the models that clients of the openai and anthropic protocols may name. */
import { encodeAnthropicModels } from "../../../protocols/anthropic/models.ts";
import { encodeModel } from "../../../protocols/openai/models.ts";
import { permittedModels } from "../../../turns/permitted-models.ts";
import { isAnthropicClient } from "../../_http/error-formats.ts";
import type { Route } from "../../_http/types.ts";

export const models: Route = {
  path: () => "/v1/models",
  methods: {
    GET({ headers }, { app, caller }) {
      const models = permittedModels(app, caller);
      return Response.json(
        isAnthropicClient(headers)
          ? encodeAnthropicModels(models)
          : { object: "list", data: models.map(encodeModel) },
      );
    },
  },
  enabled: ({ contracts }) => contracts.includes("openai") || contracts.includes("anthropic"),
};
