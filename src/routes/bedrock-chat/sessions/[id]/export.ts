/** `GET {base}/sessions/{id}/export?format=json|markdown`: a session as a file. */
import { sessionsPath } from "../../../../config/paths.ts";
import { AppError } from "../../../../errors.ts";
import { stringifyJson } from "../../../../json.ts";
import { createHistoryContext } from "../../../../protocols/native/encode-context.ts";
import { encodeHistory } from "../../../../protocols/native/history.ts";
import { encodeSessionFrame } from "../../../../protocols/native/session-frame.ts";
import { formatSessionMarkdown } from "../../../../protocols/native/sessions.ts";
import { attachmentHeaders } from "../../../_http/content-disposition.ts";
import { type Route, segmentBeforeLast } from "../../../_http/types.ts";

export const sessionExport: Route = {
  path: (config) => `${sessionsPath(config)}/:id/export`,
  methods: {
    async GET(_request, { app, caller, sessions, url }) {
      const format = url.searchParams.get("format") ?? "json";
      if (format !== "json" && format !== "markdown")
        throw new AppError("bad_request", "format: json or markdown.");
      const found = await sessions.find(segmentBeforeLast(url), caller, "read");
      const stored = await found.read();
      if (!stored) throw new AppError("session_not_found", "There is no such conversation.");
      // The export holds no files, and their URLs expire with the session.
      const messages = encodeHistory(
        stored.messages,
        createHistoryContext(app, () => ""),
        stored.session.feedback,
      );
      const listed = { ...stored.session, messageCount: messages.length };
      const name = stored.session.title || "conversation";
      if (format === "markdown") {
        const text = formatSessionMarkdown(stored.session, messages);
        return new Response(text, {
          headers: attachmentHeaders(`${name}.md`, "text/markdown; charset=utf-8"),
        });
      }
      const body = { ...encodeSessionFrame(app, sessions, listed), messages };
      return new Response(stringifyJson(body, 2), {
        headers: attachmentHeaders(`${name}.json`, "application/json"),
      });
    },
  },
};
