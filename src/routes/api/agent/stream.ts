/** `POST /api/agent/stream`: the bedrock-agent protocol, `src/protocols/bedrock-agent/PROTOCOL.md`. */

import { AppError } from "../../../errors.ts";
import { decodeAgentStreamRequest } from "../../../protocols/bedrock-agent/codec.ts";
import { agentStream } from "../../../protocols/bedrock-agent/stream.ts";
import { clientWithCookie } from "../../_http/client.ts";
import { maxMessageBytes } from "../../_http/request-body.ts";
import { streamingResponse } from "../../_http/streaming-response.ts";
import type { Route } from "../../_http/types.ts";

export const agentStreamRoute: Route = {
  path: () => "/api/agent/stream",
  methods: {
    async POST(request, context) {
      const { app, id, sessions, takeBody, url } = context;
      const { log, config } = app;
      log.agent("info", "Request started", { request_id: id, method: "POST", url: url.pathname });
      const agentRequest = decodeAgentStreamRequest(takeBody());
      if (agentRequest.inputText.length > config.maxInputSize)
        throw new AppError("message_too_long", `input_text may have ${config.maxInputSize} characters`);
      const { client, headers } = clientWithCookie(request, context);
      await sessions.admit(client);
      const accumulate = url.searchParams.get("accumulate") !== "false";
      const disconnected = new AbortController();
      const signal = AbortSignal.any([context.signal, disconnected.signal]);
      const lines = agentStream(agentRequest, { app, sessions, client, id, accumulate }, signal);
      const wantsLines = request.headers.get("accept")?.includes("application/x-ndjson") ?? false;
      return streamingResponse(request, context, {
        chunks: lines,
        onCancel: () => disconnected.abort(),
        headers: {
          "Content-Type": wantsLines ? "application/x-ndjson" : "application/json",
          "Cache-Control": "no-cache",
          Connection: "keep-alive",
          ...headers,
        },
      });
    },
  },
  maxBodySize: maxMessageBytes,
  enabled: ({ contracts }) => contracts.includes("agent"),
  endpoint: { name: "stream", method: "POST" },
};
