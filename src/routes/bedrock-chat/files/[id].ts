/**
 * `GET {base}/files/{id}`: a file that an API returned, for its owner only. It is always a sandboxed download: HTML of an API must
 * not run in our origin.
 */
import { checkOwner } from "../../../access/ownership.ts";
import { filesPath } from "../../../config/paths.ts";
import { attachmentHeaders } from "../../_http/content-disposition.ts";
import { lastSegment, type Route } from "../../_http/types.ts";

export const files: Route = {
  path: (config) => `${filesPath(config)}/:id`,
  methods: {
    GET(_request, { app, caller, url }) {
      const id = lastSegment(url);
      const file = app.files.read(id);
      if (!file || !checkOwner(app, { owner: file.owner, name: `file ${id}` }, caller))
        return Response.json({ detail: "Not Found" }, { status: 404 });
      return new Response(file.bytes, {
        headers: attachmentHeaders(file.name, file.mediaType),
      });
    },
  },
};
