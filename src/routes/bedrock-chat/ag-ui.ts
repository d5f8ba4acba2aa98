/** `POST {base}/ag-ui`: one run of the Agent User Interaction Protocol. The history is the one that is sent; nothing is stored. */
import { limitKey } from "../../access/client.ts";
import { agUiPath, filesPath } from "../../config/paths.ts";
import { AppError } from "../../errors.ts";
import type { Told } from "../../events/event-log.ts";
import { stringifyJson } from "../../json.ts";
import {
  decodeRun,
  encodeRunError,
  encodeRunStarted,
  type RunFrame,
  RunInput,
  runEncoder,
} from "../../protocols/ag-ui/codec.ts";
import type { LiveSessions } from "../../sessions/session-registry.ts";
import type { Given } from "../../turns/stateless-request.ts";
import { givenTurn } from "../../turns/stateless-turn.ts";
import { visitorOf } from "../_http/client.ts";
import { eventStream } from "../_http/event-stream.ts";
import { readJson } from "../_http/json-body.ts";
import type { Route } from "../_http/types.ts";

export const agUi: Route = {
  path: agUiPath,
  methods: {
    async POST(request, visit) {
      const { app, sessions } = visit;
      const input = await readJson(request, RunInput);
      const client = visitorOf(request, visit);
      await sessions.admit(limitKey(client));
      const left = new AbortController();
      const signal = AbortSignal.any([request.signal, left.signal]);
      const frame: RunFrame = {
        threadId: input.threadId,
        runId: input.runId,
        isHandedOver: (input.tools ?? []).length > 0,
        fileUrl: (id) => `${filesPath(app.config)}/${id}`,
      };
      const begin = () => {
        const given = decodeRun(input);
        useApprovals(sessions, input.threadId, given);
        return givenTurn(app, sessions, client, given, true, signal);
      };
      return eventStream(request, visit, events(begin, frame), () => left.abort());
    },
  },
  enabled: ({ contracts }) => contracts.includes("ag-ui"),
};

/** @throws AppError `approval_not_found`: the same answer came before, and its calls are not made twice. */
function useApprovals(sessions: LiveSessions, thread: string, { decisions = [] }: Given): void {
  const approved = decisions.filter(({ outcome }) => outcome === "approved");
  if (approved.every(({ callId }) => sessions.useOnce(JSON.stringify([thread, callId])))) return;
  throw new AppError("approval_not_found", "These calls were decided on already.");
}

/** What cannot be run is an error of the run: the protocol has no other. */
async function* events(
  begin: () => Promise<AsyncIterable<Told>>,
  frame: RunFrame,
): AsyncGenerator<string, void> {
  const encode = runEncoder(frame);
  yield JSON.stringify(encodeRunStarted(frame));
  try {
    for await (const { event, turnId } of await begin())
      for (const one of encode(event, turnId)) yield stringifyJson(one);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield JSON.stringify(encodeRunError(error));
  }
}
