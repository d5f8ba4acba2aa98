/** `GET {base}/sessions/{id}/calls/{call}/result?from=N`: the whole result of a call, in parts. */
import { z } from "zod";
import { sessionsPath } from "../../../../../../config/paths.ts";
import { AppError } from "../../../../../../errors.ts";
import { readResultPart } from "../../../../../../protocols/native/result-part.ts";
import { callSegments, findCall } from "../../../../../_http/find-call.ts";
import type { Route } from "../../../../../_http/types.ts";

const Query = z.object({ from: z.coerce.number().int().min(0).default(0) });

export const callResult: Route = {
  path: (config) => `${sessionsPath(config)}/:id/calls/:call/result`,
  methods: {
    async GET(_request, { app, caller, sessions, url }) {
      const query = Query.safeParse(Object.fromEntries(url.searchParams));
      if (!query.success) throw new AppError("bad_request", "from: a number of characters.");
      const { session, result } = await findCall(sessions, caller, callSegments(url));
      if (!result) throw new AppError("not_found", "This call has no result.");
      const part = await readResultPart(app, session.id, result, query.data.from);
      return Response.json(part, { headers: { "Cache-Control": "private, no-store" } });
    },
  },
};
