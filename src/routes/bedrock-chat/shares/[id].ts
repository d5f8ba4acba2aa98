/** `GET {base}/shares/{id}`: a shared conversation. Everyone who may use the page and has its link may read it. */
import { sharesPath } from "../../../config/paths.ts";
import { stringifyJson } from "../../../json.ts";
import { createHistoryContext } from "../../../protocols/native/encode-context.ts";
import { encodeHistory } from "../../../protocols/native/history.ts";
import type { SharedSessionFrame } from "../../../protocols/native/http-types.ts";
import type { HistoryMessage } from "../../../protocols/native/types.ts";
import { readShare } from "../../../sessions/share-session.ts";
import { clientFor } from "../../_http/client.ts";
import { lastSegment, type Route } from "../../_http/types.ts";

export const share: Route = {
  path: (config) => `${sharesPath(config)}/:id`,
  enabled: ({ shareLinks }) => shareLinks,
  methods: {
    async GET(request, context) {
      const { app, caller, sessions, url } = context;
      // Ids cannot be guessed, nor tried in great numbers.
      await sessions.admit(clientFor(request, context), false);
      const { session, messages } = await readShare(app, lastSegment(url), caller);
      // Files belong to who has shared the conversation, and so do its costs.
      const encoded = encodeHistory(
        messages,
        createHistoryContext(app, () => ""),
      );
      const body: SharedSessionFrame = {
        title: session.title,
        created_at: session.createdAt,
        messages: encoded.map(withoutFigures),
      };
      const headers = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
      };
      return new Response(stringifyJson(body), { headers });
    },
  },
};

function withoutFigures(message: HistoryMessage): HistoryMessage {
  const { usage: _usage, cost_usd: _cost, model: _model, context: _context, ...rest } = message;
  return rest;
}
