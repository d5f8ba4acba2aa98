/** `POST /api/v1/models/validate`: checks whether a model can be used, without calling it. */
import { describeUnavailability } from "../../../../protocols/langchain/chat.ts";
import { SETUP_URL } from "../../../../protocols/langchain/error-bodies.ts";
import { PROVIDER, ValidateRequest } from "../../../../protocols/langchain/requests.ts";
import { validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import { langchainRoute, validationErrorResponse, withLangchainErrors } from "../../../_http/langchain.ts";
import type { RequestContext, Route } from "../../../_http/types.ts";

export const validateModel: Route = {
  path: () => "/api/v1/models/validate",
  methods: {
    POST: withLangchainErrors(async (_request, { app, takeBody }) => {
      const read = validateBody(takeBody(), ValidateRequest);
      if (read.outcome === "invalid") return validationErrorResponse(read.details);
      const { provider, model } = read.value;
      const error = await findProblem(app, provider, model);
      return Response.json({
        valid: error === null,
        provider,
        model,
        message: error === null ? "The model can be used" : "The model cannot be used",
        error,
        setup_url: error === null ? null : SETUP_URL,
      });
    }),
  },
  ...langchainRoute,
};

async function findProblem(
  app: RequestContext["app"],
  provider: string,
  model: string,
): Promise<string | null> {
  if (provider !== PROVIDER) return `The only provider is ${PROVIDER}`;
  if (!app.models.includes(model)) return `Models offered here are ${app.models.join(", ")}`;
  return (await describeUnavailability(app))?.message ?? null;
}
