/** `POST /api/agent/stream`: the Bedrock Agent Streaming API. */

import { limitKey } from "../../../access/client.ts";
import { AppError } from "../../../errors.ts";
import { decodeAgentQuestion } from "../../../protocols/bedrock-agent/codec.ts";
import { agentStream } from "../../../protocols/bedrock-agent/stream.ts";
import { agentLogLine } from "../../../telemetry/agent-log.ts";
import { ownerOf } from "../../_http/client.ts";
import { streamed } from "../../_http/streaming-response.ts";
import type { Route } from "../../_http/types.ts";

export const agentStreamRoute: Route = {
  path: () => "/api/agent/stream",
  methods: {
    async POST(request, visit) {
      const { app, id, sessions, url } = visit;
      const { log, config } = app;
      log.line("info", (at) =>
        agentLogLine(at, "info", "Request started", { request_id: id, method: "POST", url: url.pathname }),
      );
      const question = decodeAgentQuestion(await request.text());
      if (question.inputText.length > config.maxInputSize)
        throw new AppError("message_too_long", `input_text may have ${config.maxInputSize} characters`);
      const { client, headers } = ownerOf(request, visit);
      await sessions.admit(limitKey(client));
      const accumulate = url.searchParams.get("accumulate") !== "false";
      const gone = new AbortController();
      const signal = AbortSignal.any([request.signal, gone.signal]);
      const lines = agentStream(question, { app, sessions, client, id, accumulate }, signal);
      const wantsLines = request.headers.get("accept")?.includes("application/x-ndjson") ?? false;
      return streamed(request, visit, {
        texts: lines,
        left: () => gone.abort(),
        headers: {
          "Content-Type": wantsLines ? "application/x-ndjson" : "application/json",
          "Cache-Control": "no-cache",
          Connection: "keep-alive",
          ...headers,
        },
      });
    },
  },
  enabled: ({ contracts }) => contracts.includes("agent"),
};
