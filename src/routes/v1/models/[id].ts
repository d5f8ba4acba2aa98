/** `GET /v1/models/{id}`: one model, or 404. */
import { encodeAnthropicModel } from "../../../protocols/anthropic/models.ts";
import { encodeModel } from "../../../protocols/openai/models.ts";
import { checkModel } from "../../_http/check-model.ts";
import { isAnthropicClient, withErrorFormat } from "../../_http/error-formats.ts";
import { decodeLastSegment, type Route } from "../../_http/types.ts";

export const model: Route = {
  path: () => "/v1/models/:id",
  methods: {
    GET: withErrorFormat(({ headers }, context) => {
      const id = decodeLastSegment(context.url);
      checkModel(id, context);
      return Response.json(isAnthropicClient(headers) ? encodeAnthropicModel(id) : encodeModel(id));
    }),
  },
  enabled: ({ contracts }) => contracts.includes("openai") || contracts.includes("anthropic"),
};
