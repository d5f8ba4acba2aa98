/** The response of both URLs of the Vercel AI SDK protocol: `src/protocols/ai-sdk/PROTOCOL.md`. */

import { AI_SDK_HEADERS } from "../../protocols/ai-sdk/codec.ts";
import { type AiSdkTurn, aiSdkStream } from "../../protocols/ai-sdk/stream.ts";
import { eventStreamResponse } from "./event-stream.ts";
import type { RequestContext } from "./types.ts";

export function aiSdkResponse(
  request: Request,
  context: RequestContext,
  turn: AiSdkTurn,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const disconnected = new AbortController();
  const signal = AbortSignal.any([context.signal, disconnected.signal]);
  return eventStreamResponse(request, context, aiSdkStream(turn, signal), () => disconnected.abort(), {
    ...AI_SDK_HEADERS,
    ...headers,
  });
}
