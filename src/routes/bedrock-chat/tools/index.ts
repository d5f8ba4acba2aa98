/** `GET {base}/tools`: the operations and other tools that the caller may use. */
import { toolsPath } from "../../../config/paths.ts";
import { encodeTool } from "../../../protocols/native/tool-frame.ts";
import { permittedCatalog } from "../../../turns/permitted-catalog.ts";
import type { Route } from "../../_http/types.ts";

export const toolList: Route = {
  path: toolsPath,
  methods: {
    GET(_request, { app, caller }) {
      const { tools, custom } = permittedCatalog(app, caller);
      const listed = [...tools, ...custom].map((tool) => encodeTool(tool, app.config));
      return Response.json({ tools: listed }, { headers: { "Cache-Control": "private, no-store" } });
    },
  },
};
