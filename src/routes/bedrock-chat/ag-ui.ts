/** `POST {base}/ag-ui`: one run of the ag-ui protocol, `src/protocols/ag-ui/PROTOCOL.md`. The request carries the history; nothing is stored. */
import type { PendingCall } from "../../chat/types.ts";
import { agUiPath, filesPath } from "../../config/paths.ts";
import { AppError } from "../../errors.ts";
import type { StreamedEvent } from "../../events/event-log.ts";
import { stringifyJson } from "../../json.ts";
import { decodeRun } from "../../protocols/ag-ui/decode.ts";
import { openQuestions } from "../../protocols/ag-ui/open-questions.ts";
import { RunEncoder } from "../../protocols/ag-ui/run-encoder.ts";
import { encodeEmptyRunEnd, encodeRunError, encodeRunStarted } from "../../protocols/ag-ui/run-events.ts";
import type { RunContext } from "../../protocols/ag-ui/types.ts";
import { checkClientTools } from "../../turns/client-tools.ts";
import { runStatelessTurn } from "../../turns/stateless-turn.ts";
import { clientFor } from "../_http/client.ts";
import { eventStreamResponse } from "../_http/event-stream.ts";
import { readJson } from "../_http/json-body.ts";
import { maxHistoryBytes } from "../_http/request-body.ts";
import { reportFailure } from "../_http/stateless-turn.ts";
import type { Route } from "../_http/types.ts";

export const agUi: Route = {
  path: agUiPath,
  methods: {
    async POST(request, context) {
      const { app, sessions } = context;
      const { RunInput } = await import("../../protocols/ag-ui/requests.ts");
      const input = readJson(context, RunInput);
      checkClientTools(input.tools ?? []);
      const clientToolNames = new Set(input.tools?.map(({ name }) => name));
      const client = clientFor(request, context);
      await sessions.admit(client);
      const questions = context.stateOf(openQuestions);
      const disconnected = new AbortController();
      const signal = AbortSignal.any([context.signal, disconnected.signal]);
      const run: RunContext = {
        threadId: input.threadId,
        runId: input.runId,
        isClientTool: (name) => clientToolNames.has(name),
        isVersion1: Number.parseFloat(input.protocolVersion ?? "0") >= 1,
        fileUrl: (id) => `${filesPath(app.config)}/${id}`,
      };
      const begin = async () => {
        const { decisions, ...decoded } = decodeRun(input);
        if (decoded.messages.length === 0) return undefined;
        const statelessRequest = {
          ...decoded,
          ...(decisions && { decisions: questions.answer(decisions, client.caller) }),
        };
        const turn = await runStatelessTurn(app, sessions, client, statelessRequest, true, signal);
        return reportFailure(turn, context);
      };
      const events = streamRun(begin, (calls) => questions.add(calls, client.caller), run);
      return eventStreamResponse(request, context, events, () => disconnected.abort());
    },
  },
  maxBodySize: maxHistoryBytes,
  enabled: ({ contracts }) => contracts.includes("ag-ui"),
  endpoint: { name: "ag-ui", method: "POST" },
};

/** Streams the events of a run. Invalid input becomes `RUN_ERROR`, the only error of the protocol. */
async function* streamRun(
  begin: () => Promise<AsyncIterable<StreamedEvent> | undefined>,
  addQuestions: (calls: readonly PendingCall[]) => void,
  run: RunContext,
): AsyncGenerator<string, void> {
  const encoder = new RunEncoder(run);
  yield JSON.stringify(encodeRunStarted(run));
  try {
    const turn = await begin();
    if (!turn) return yield JSON.stringify(encodeEmptyRunEnd(run));
    for await (const { event, turnId } of turn) {
      const frames = encoder.encode(event, turnId);
      if (event.type === "turn_waiting") addQuestions(encoder.pendingCalls);
      for (const frame of frames) yield stringifyJson(frame);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield JSON.stringify(encodeRunError(error));
  }
}
