/** `/api/v1/…`: answers 404 for what specchat does not have (agents, workflows, skills, a workspace, a knowledge base). */

import { langchainRoute } from "../../_http/langchain.ts";
import type { Handler, Route } from "../../_http/types.ts";

const respondNotFound: Handler = (_request, { url }) =>
  Response.json(
    { detail: "Not Found", error: "not_found", message: `There is no ${url.pathname} here` },
    { status: 404 },
  );

export const langchainRest: Route = {
  path: () => "/api/v1/*",
  methods: {
    GET: respondNotFound,
    POST: respondNotFound,
    PUT: respondNotFound,
    PATCH: respondNotFound,
    DELETE: respondNotFound,
  },
  ...langchainRoute,
};
