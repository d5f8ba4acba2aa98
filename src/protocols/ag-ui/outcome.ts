/** The outcome of a run, with its interrupts. Pure. */
import type { PendingCall } from "../../chat/types.ts";

/** Encodes the outcome of a finished run: success, or an interrupt when calls wait for approval. */
export function encodeOutcome(pendingCalls: readonly PendingCall[], clientRunsTools: boolean): object {
  if (pendingCalls.length === 0) return { type: "success" };
  if (clientRunsTools)
    return { type: "success", pendingToolCallIds: pendingCalls.map(({ call }) => call.id) };
  return { type: "interrupt", interrupts: pendingCalls.map(encodeInterrupt) };
}

function encodeInterrupt({ call, preview: request }: PendingCall): object {
  return {
    id: call.id,
    reason: "tool_call",
    toolCallId: call.id,
    message: request ? `${request.method} ${request.url}` : call.name,
    responseSchema: RESPONSE_SCHEMA,
    ...(request && { metadata: { request } }),
  };
}

const RESPONSE_SCHEMA = {
  type: "object",
  properties: {
    approved: { type: "boolean" },
    reason: { type: "string", description: "Why not, for the model." },
  },
  required: ["approved"],
};
