/** What both URLs of the Vercel AI SDK answer with. */

import { AI_SDK_HEADERS } from "../../protocols/ai-sdk/codec.ts";
import { type AiSdkTurn, aiSdkStream } from "../../protocols/ai-sdk/stream.ts";
import { eventStream } from "./event-stream.ts";
import type { Visit } from "./types.ts";

export function aiSdkResponse(
  request: Request,
  visit: Visit,
  turn: AiSdkTurn,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, gone.signal]);
  return eventStream(request, visit, aiSdkStream(turn, signal), () => gone.abort(), {
    ...AI_SDK_HEADERS,
    ...headers,
  });
}
