/** `POST /api/v1/models/validate`: can this model be asked? Never a billed call. */
import { unavailable } from "../../../../protocols/langchain/chat.ts";
import { PROVIDER, SETUP_URL, ValidateRequest } from "../../../../protocols/langchain/codec.ts";
import { validateBody } from "../../../../protocols/langchain/validation-errors.ts";
import { enabled, inLangchainWords, invalid } from "../../../_http/langchain.ts";
import type { Route, Visit } from "../../../_http/types.ts";

export const validateModel: Route = {
  path: () => "/api/v1/models/validate",
  methods: {
    POST: inLangchainWords(async (request, { app }) => {
      const read = validateBody(await request.text(), ValidateRequest);
      if (read.outcome === "invalid") return invalid(read.details);
      const { provider, model } = read.value;
      const error = await problemOf(app, provider, model);
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
  enabled,
};

async function problemOf(app: Visit["app"], provider: string, model: string): Promise<string | null> {
  if (provider !== PROVIDER) return `The only provider is ${PROVIDER}`;
  if (!app.models.includes(model)) return `Models offered here are ${app.models.join(", ")}`;
  return (await unavailable(app))?.message ?? null;
}
