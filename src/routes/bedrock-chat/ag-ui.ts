/** `POST {base}/ag-ui`: a run of the Agent-User Interaction Protocol. Whoever leaves stops it. */
import { agUiTurn } from "../../ag-ui-turn.ts";
import type { ToldEvent } from "../../chat/types.ts";
import { clientOf, limitKey } from "../../client.ts";
import { agUiPath } from "../../config/paths.ts";
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import {
  AG_UI_BEGIN,
  type AgUiRun,
  agUiRequest,
  beginAgUi,
  decodeAgUi,
  encodeAgUi,
} from "../../wire/ag-ui.ts";
import { readJson } from "../body.ts";
import { eventStream } from "../event-stream.ts";
import type { Route } from "../types.ts";

export const agUi: Route = {
  path: agUiPath,
  methods: {
    async POST(request, visit) {
      const { app, caller, server, sessions } = visit;
      const body = await readJson(request, agUiRequest);
      const conversation = decodeAgUi(body, { at: app.now().toISOString(), model: app.modelId });
      if (typeof conversation === "string") throw new AppError("bad_request", conversation);
      if ("question" in conversation.asked && conversation.asked.question.length > app.config.maxInputSize)
        throw new AppError("message_too_long", `A message may have ${app.config.maxInputSize} characters.`);
      const client = clientOf(request, caller, server.requestIP(request)?.address ?? "", app.config);
      await sessions.admit(limitKey(client));
      const gone = new AbortController();
      const signal = AbortSignal.any([request.signal, gone.signal]);
      const events = agUiTurn(app, client, conversation, signal);
      const { threadId, runId } = body;
      return eventStream(request, visit, texts(events, { threadId, runId }), () => gone.abort());
    },
  },
  enabled: ({ contracts }) => contracts.includes("ag-ui"),
};

async function* texts(events: AsyncIterable<ToldEvent>, run: AgUiRun): AsyncGenerator<string, void> {
  let state = AG_UI_BEGIN;
  yield stringifyJson(beginAgUi(run));
  for await (const event of events) {
    const encoded = encodeAgUi(event, state, run);
    state = encoded.state;
    for (const frame of encoded.frames) yield stringifyJson(frame);
  }
}
