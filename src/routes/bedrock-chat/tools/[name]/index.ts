/** `GET {base}/tools/{name}`: a tool with its description and its schema. */
import { toolsPath } from "../../../../config/paths.ts";
import { stringifyJson } from "../../../../json.ts";
import { encodeToolDetail } from "../../../../protocols/native/tool-frame.ts";
import { findPermittedTool } from "../../../_http/find-tool.ts";
import { decodeLastSegment, type Route } from "../../../_http/types.ts";

export const toolDetail: Route = {
  path: (config) => `${toolsPath(config)}/:name`,
  methods: {
    GET(_request, { app, caller, url }) {
      const tool = findPermittedTool({ app, caller }, decodeLastSegment(url));
      // Limits and defaults in schemas may be integers beyond 2^53.
      return new Response(stringifyJson(encodeToolDetail(tool, app.config)), {
        headers: { "Cache-Control": "private, no-store", "Content-Type": "application/json" },
      });
    },
  },
};
