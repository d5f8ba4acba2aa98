/** `POST {base}/ag-ui`: one run of the ag-ui protocol, `src/protocols/ag-ui/PROTOCOL.md`. The request carries the history; nothing is stored. */
import { agUiPath, filesPath } from "../../config/paths.ts";
import { AppError } from "../../errors.ts";
import type { StreamedEvent } from "../../events/event-log.ts";
import { stringifyJson } from "../../json.ts";
import { decodeRun } from "../../protocols/ag-ui/decode.ts";
import { RunInput } from "../../protocols/ag-ui/requests.ts";
import { RunEncoder } from "../../protocols/ag-ui/run-encoder.ts";
import { encodeEmptyRunEnd, encodeRunError, encodeRunStarted } from "../../protocols/ag-ui/run-events.ts";
import type { RunContext } from "../../protocols/ag-ui/types.ts";
import { type UsedApprovals, usedApprovals } from "../../protocols/ag-ui/used-approvals.ts";
import type { StatelessRequest } from "../../turns/stateless-request.ts";
import { runStatelessTurn } from "../../turns/stateless-turn.ts";
import { clientFor } from "../_http/client.ts";
import { eventStreamResponse } from "../_http/event-stream.ts";
import { readJson } from "../_http/json-body.ts";
import { maxHistoryBytes } from "../_http/request-body.ts";
import type { Route } from "../_http/types.ts";

export const agUi: Route = {
  path: agUiPath,
  methods: {
    async POST(request, context) {
      const { app, sessions } = context;
      const input = readJson(context, RunInput);
      const clientToolNames = new Set(input.tools?.map(({ name }) => name));
      const client = clientFor(request, context);
      await sessions.admit(client);
      const disconnected = new AbortController();
      const signal = AbortSignal.any([context.signal, disconnected.signal]);
      const run: RunContext = {
        threadId: input.threadId,
        runId: input.runId,
        isClientTool: (name) => clientToolNames.has(name),
        isVersion1: Number.parseFloat(input.protocolVersion ?? "0") >= 1,
        fileUrl: (id) => `${filesPath(app.config)}/${id}`,
      };
      const begin = () => {
        const statelessRequest = decodeRun(input);
        if (statelessRequest.messages.length === 0) return undefined;
        consumeApprovals(context.stateOf(usedApprovals), input.threadId, statelessRequest);
        return runStatelessTurn(app, sessions, client, statelessRequest, true, signal);
      };
      return eventStreamResponse(request, context, streamRun(begin, run), () => disconnected.abort());
    },
  },
  maxBodySize: maxHistoryBytes,
  enabled: ({ contracts }) => contracts.includes("ag-ui"),
  endpoint: { name: "ag-ui", method: "POST" },
};

/** Marks approvals as used. @throws AppError `approval_not_found` when one was used before: its call must not run twice. */
function consumeApprovals(
  approvals: UsedApprovals,
  threadId: string,
  { decisions = [] }: StatelessRequest,
): void {
  const approved = decisions.filter(({ outcome }) => outcome === "approved");
  if (approved.every(({ callId }) => approvals.claim(threadId, callId))) return;
  throw new AppError("approval_not_found", "These calls were decided on already.");
}

/** Streams the events of a run. Invalid input becomes `RUN_ERROR`, the only error of the protocol. */
async function* streamRun(
  begin: () => Promise<AsyncIterable<StreamedEvent>> | undefined,
  run: RunContext,
): AsyncGenerator<string, void> {
  const encoder = new RunEncoder(run);
  yield JSON.stringify(encodeRunStarted(run));
  try {
    const turn = await begin();
    if (!turn) return yield JSON.stringify(encodeEmptyRunEnd(run));
    for await (const { event, turnId } of turn)
      for (const frame of encoder.encode(event, turnId)) yield stringifyJson(frame);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield JSON.stringify(encodeRunError(error));
  }
}
