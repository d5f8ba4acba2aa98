/** `POST {base}/sessions/{id}/branches`: copies a session up to a user message, so that it can go on otherwise. */
import { z } from "zod";
import { sessionsPath } from "../../../../config/paths.ts";
import { AppError } from "../../../../errors.ts";
import { encodeSessionFrame } from "../../../../protocols/native/session-frame.ts";
import { branchSession } from "../../../../sessions/branch-session.ts";
import { clientFor } from "../../../_http/client.ts";
import { readJson } from "../../../_http/json-body.ts";
import { type Route, segmentBeforeLast } from "../../../_http/types.ts";

const BranchBody = z.object({ before: z.string().min(1).max(200) });

export const sessionBranches: Route = {
  path: (config) => `${sessionsPath(config)}/:id/branches`,
  methods: {
    async POST(request, context) {
      const { app, caller, sessions, url } = context;
      const { before } = readJson(context, BranchBody);
      await sessions.admit(clientFor(request, context), false);
      const found = await sessions.find(segmentBeforeLast(url), caller);
      const stored = await found.read();
      if (!stored) throw new AppError("session_not_found", "There is no such conversation.");
      const branch = await branchSession(app, stored, before);
      return Response.json(encodeSessionFrame(app, sessions, branch), { status: 201 });
    },
  },
};
