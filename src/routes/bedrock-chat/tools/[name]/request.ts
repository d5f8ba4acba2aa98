/** `POST {base}/tools/{name}/request`: the request that a call would send, with secrets masked. Nothing is sent. */
import { z } from "zod";
import { toolsPath } from "../../../../config/paths.ts";
import { AppError } from "../../../../errors.ts";
import { parseJson } from "../../../../json.ts";
import { previewCall } from "../../../../turns/call-preview.ts";
import { permittedCatalog } from "../../../../turns/permitted-catalog.ts";
import { findPermittedTool } from "../../../_http/find-tool.ts";
import { readJson } from "../../../_http/json-body.ts";
import { decodeSegment, type Route, segmentBeforeLast } from "../../../_http/types.ts";

/** With a session, the request has the credentials that the caller entered for it. */
const DryRunBody = z.object({
  arguments: z.record(z.string(), z.unknown()),
  session_id: z.string().max(200).optional(),
});

export const toolRequest: Route = {
  path: (config) => `${toolsPath(config)}/:name/request`,
  methods: {
    async POST(_request, { app, caller, sessions, signal, takeBody, url }) {
      const body = readJson({ takeBody }, DryRunBody, parseJson);
      const tool = findPermittedTool({ app, caller }, decodeSegment(segmentBeforeLast(url)));
      if (!("operation" in tool)) throw new AppError("bad_request", "This tool sends no request of its own.");
      const session =
        body.session_id === undefined ? undefined : await sessions.find(body.session_id, caller);
      const call = { id: "dry-run", name: tool.name, arguments: body.arguments };
      const context = { signal, credentials: session?.credentials.all ?? {} };
      const previewed = await previewCall(call, permittedCatalog(app, caller).toolbox, context);
      if ("problem" in previewed) throw new AppError("bad_request", previewed.problem);
      return Response.json(previewed.preview, { headers: { "Cache-Control": "private, no-store" } });
    },
  },
};
