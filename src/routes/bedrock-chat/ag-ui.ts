/** `POST {base}/ag-ui`: one run of the Agent User Interaction Protocol. The history is the one that is sent; nothing is stored. */
import { rateLimitKey } from "../../access/client.ts";
import { agUiPath, filesPath } from "../../config/paths.ts";
import { AppError } from "../../errors.ts";
import type { StreamedEvent } from "../../events/event-log.ts";
import { stringifyJson } from "../../json.ts";
import {
  createRunEncoder,
  decodeRun,
  encodeRunError,
  encodeRunStarted,
  type RunContext,
  RunInput,
} from "../../protocols/ag-ui/codec.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import type { StatelessRequest } from "../../turns/stateless-request.ts";
import { runStatelessTurn } from "../../turns/stateless-turn.ts";
import { clientFor } from "../_http/client.ts";
import { eventStreamResponse } from "../_http/event-stream.ts";
import { readJson } from "../_http/json-body.ts";
import type { Route } from "../_http/types.ts";

export const agUi: Route = {
  path: agUiPath,
  methods: {
    async POST(request, context) {
      const { app, sessions } = context;
      const input = await readJson(request, RunInput);
      const client = clientFor(request, context);
      await sessions.admit(rateLimitKey(client));
      const disconnected = new AbortController();
      const signal = AbortSignal.any([request.signal, disconnected.signal]);
      const frame: RunContext = {
        threadId: input.threadId,
        runId: input.runId,
        clientRunsTools: (input.tools ?? []).length > 0,
        fileUrl: (id) => `${filesPath(app.config)}/${id}`,
      };
      const begin = () => {
        const statelessRequest = decodeRun(input);
        consumeApprovals(sessions, input.threadId, statelessRequest);
        return runStatelessTurn(app, sessions, client, statelessRequest, true, signal);
      };
      return eventStreamResponse(request, context, streamRun(begin, frame), () => disconnected.abort());
    },
  },
  enabled: ({ contracts }) => contracts.includes("ag-ui"),
};

/** @throws AppError `approval_not_found`: the same answer came before, and its calls are not made twice. */
function consumeApprovals(
  sessions: SessionRegistry,
  thread: string,
  { decisions = [] }: StatelessRequest,
): void {
  const approved = decisions.filter(({ outcome }) => outcome === "approved");
  if (approved.every(({ callId }) => sessions.claimOnce(JSON.stringify([thread, callId])))) return;
  throw new AppError("approval_not_found", "These calls were decided on already.");
}

/** What cannot be run is an error of the run: the protocol has no other. */
async function* streamRun(
  begin: () => Promise<AsyncIterable<StreamedEvent>>,
  frame: RunContext,
): AsyncGenerator<string, void> {
  const encode = createRunEncoder(frame);
  yield JSON.stringify(encodeRunStarted(frame));
  try {
    for await (const { event, turnId } of await begin())
      for (const one of encode(event, turnId)) yield stringifyJson(one);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield JSON.stringify(encodeRunError(error));
  }
}
