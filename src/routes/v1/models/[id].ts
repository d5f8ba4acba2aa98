/** `GET /v1/models/{id}`: one model, or 404. */

import { modelNotFound } from "../../../protocols/openai/errors.ts";
import { encodeModel } from "../../../protocols/openai/models.ts";
import { withOpenaiErrors } from "../../_http/openai-errors.ts";
import { decodeLastSegment, type Route } from "../../_http/types.ts";

export const model: Route = {
  path: () => "/v1/models/:id",
  methods: {
    GET: withOpenaiErrors((_request, { app, url }) => {
      const id = decodeLastSegment(url);
      if (!app.models.includes(id)) throw modelNotFound(id);
      return Response.json(encodeModel(id));
    }),
  },
  enabled: ({ contracts }) => contracts.includes("openai"),
};
