/** `GET {base}/sessions/{id}/calls/{call}/request`: the request of a call, as the document describes it now, with secrets masked. */
import { sessionsPath } from "../../../../../../config/paths.ts";
import { AppError } from "../../../../../../errors.ts";
import { resolveCall } from "../../../../../../turns/approval-policy.ts";
import { previewCall } from "../../../../../../turns/call-preview.ts";
import { permittedCatalog } from "../../../../../../turns/permitted-catalog.ts";
import { callSegments, findCall } from "../../../../../_http/find-call.ts";
import type { Route } from "../../../../../_http/types.ts";

export const callRequest: Route = {
  path: (config) => `${sessionsPath(config)}/:id/calls/:call/request`,
  methods: {
    async GET(_request, { app, caller, sessions, signal, url }) {
      const { session, call, result } = await findCall(sessions, caller, callSegments(url));
      const catalog = permittedCatalog(app, caller);
      const { name, values } = resolveCall(
        { ...call, arguments: result?.sentArguments ?? call.arguments },
        catalog,
      );
      const context = { signal, credentials: session.credentials.all };
      const previewed = await previewCall({ ...call, name, arguments: values }, catalog.toolbox, context);
      if ("problem" in previewed)
        throw new AppError("not_found", "This call sends no request that can be shown.");
      return Response.json(previewed.preview, { headers: { "Cache-Control": "private, no-store" } });
    },
  },
};
