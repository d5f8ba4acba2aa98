/**
 * `GET {base}/files/{id}`: a file that an API answered with, for its owner alone. Always an attachment in a sandbox: an
 * API's HTML must not become our page.
 */
import { filesPath } from "../../../config/paths.ts";
import type { Route } from "../../types.ts";

export const files: Route = {
  path: (config) => `${filesPath(config)}/:id`,
  methods: {
    GET(_request, { app, caller, url }) {
      const file = app.files.read(url.pathname.split("/").at(-1) ?? "");
      // Whoever brought nothing when asking is known by nothing but the id, which nobody can guess.
      const isOwner = file?.owner === caller.id || file?.owner.startsWith("anonymous:");
      if (!file || !isOwner) return Response.json({ detail: "Not Found" }, { status: 404 });
      return new Response(file.bytes, {
        headers: {
          "Content-Type": file.mediaType,
          "Content-Disposition": `attachment; filename*=UTF-8''${encodeName(file.name)}`,
          "Content-Security-Policy": "sandbox; default-src 'none'",
          "Cache-Control": "private, no-store",
        },
      });
    },
  },
};

/** RFC 8187: what encodeURIComponent leaves is legal there, but for these. */
function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
}
