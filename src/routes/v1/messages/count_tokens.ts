/** `POST /v1/messages/count_tokens`: an estimate of the tokens of a request, with the system prompt and the tools of the server. */
import { decodeMessageRequest } from "../../../protocols/anthropic/decode.ts";
import { countRequestTokens } from "../../../turns/count-tokens.ts";
import { checkModel } from "../../_http/check-model.ts";
import { clientFor } from "../../_http/client.ts";
import { withErrorFormat } from "../../_http/error-formats.ts";
import { readJson } from "../../_http/json-body.ts";
import { maxHistoryBytes } from "../../_http/request-body.ts";
import type { Route } from "../../_http/types.ts";

export const countTokens: Route = {
  path: () => "/v1/messages/count_tokens",
  methods: {
    POST: withErrorFormat(async (request, context) => {
      const { app, sessions } = context;
      const { CountRequest } = await import("../../../protocols/anthropic/requests.ts");
      const body = readJson(context, CountRequest);
      const client = clientFor(request, context);
      checkModel(body.model, context);
      await sessions.admit(client, false);
      const count = await countRequestTokens(decodeMessageRequest(body), app, client.caller);
      return Response.json({ input_tokens: count });
    }),
  },
  maxBodySize: maxHistoryBytes,
  enabled: ({ contracts }) => contracts.includes("anthropic"),
};
