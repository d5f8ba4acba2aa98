/** `POST /api/v1/models/validate`: checks whether a model can be used, without calling it. */
import { describeUnavailability } from "../../../../protocols/langchain/chat.ts";
import { SETUP_URL } from "../../../../protocols/langchain/error-bodies.ts";
import { PROVIDER } from "../../../../protocols/langchain/provider.ts";
import { validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import { permittedModels } from "../../../../turns/permitted-models.ts";
import { langchainRoute, validationErrorResponse, withLangchainErrors } from "../../../_http/langchain.ts";
import type { RequestContext, Route } from "../../../_http/types.ts";

export const validateModel: Route = {
  path: () => "/api/v1/models/validate",
  methods: {
    POST: withLangchainErrors(async (_request, { app, caller, takeBody }) => {
      const { ValidateRequest } = await import("../../../../protocols/langchain/requests.ts");
      const read = validateBody(takeBody(), ValidateRequest);
      if (read.outcome === "invalid") return validationErrorResponse(read.details);
      const { provider, model } = read.value;
      const error = await findProblem({ app, caller }, provider, model);
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
  { app, caller }: Pick<RequestContext, "app" | "caller">,
  provider: string,
  model: string,
): Promise<string | null> {
  if (provider !== PROVIDER) return `The only provider is ${PROVIDER}`;
  const models = permittedModels(app, caller);
  if (!models.includes(model)) return `Models offered here are ${models.join(", ")}`;
  return (await describeUnavailability(app))?.message ?? null;
}
