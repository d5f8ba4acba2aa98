/** `GET /v1/models/{id}`: whether there is this one. */
import { encodeModel, modelNotFound } from "../../../wire/openai.ts";
import { lastName, type Route } from "../../types.ts";
import { inOpenaiWords } from "../errors.ts";

export const model: Route = {
  path: () => "/v1/models/:id",
  methods: {
    GET: inOpenaiWords((_request, { app, url }) => {
      const id = lastName(url);
      if (!app.models.includes(id)) throw modelNotFound(id);
      return Response.json(encodeModel(id));
    }),
  },
  enabled: ({ contracts }) => contracts.includes("openai"),
};
