/** A request made to fit its model: what is sent, and how what comes back is read. */
import type { Capabilities } from "../capabilities.ts";
import type { ModelRequest } from "../types.ts";
import type { Attempt } from "./attempt.ts";
import { foldSystem } from "./inline-system-prompt.ts";
import { readToldCalls, tellTools } from "./prompted-tools.ts";
import { converseBody } from "./request.ts";
import { withTextCalls } from "./text-calls.ts";
import type { Batch, BedrockOptions } from "./types.ts";

export interface Plan {
  readonly call: Attempt;
  readonly read: (batches: AsyncIterable<Batch>) => AsyncIterable<Batch>;
}

/** `newId` names calls that the model writes in text. */
export function plan(
  request: ModelRequest,
  known: Capabilities,
  options: BedrockOptions,
  newId: () => string,
): Plan {
  const told = known.tools === "none" && request.tools.length > 0;
  const withoutTools = told ? tellTools(request) : request;
  const fitting = known.systemPrompt ? withoutTools : foldSystem(withoutTools);
  const streaming = known.streaming && (fitting.tools.length === 0 || known.tools === "streaming");
  return {
    call: {
      model: request.model,
      body: converseBody(fitting, known, options),
      streaming,
      silenceTimeoutMs: options.silenceTimeoutMs,
    },
    read: (batches) => {
      if (told) return readToldCalls(batches, newId);
      return streaming ? batches : readTextCalls(batches, request, newId);
    },
  };
}

async function* readTextCalls(
  batches: AsyncIterable<Batch>,
  { tools }: ModelRequest,
  newId: () => string,
): AsyncGenerator<Batch> {
  for await (const batch of batches) yield withTextCalls(batch, tools, newId);
}
