/** The outcome of a run, with its interrupts. Pure. */
import type { PendingCall } from "../../chat/types.ts";
import { describeCall } from "../../turns/call-preview.ts";
import type { RunContext } from "./types.ts";

/** Encodes the outcome of a finished run: success, or an interrupt when calls wait for approval. */
export function encodeOutcome(
  pendingCalls: readonly PendingCall[],
  { isClientTool, isVersion1 }: Pick<RunContext, "isClientTool" | "isVersion1">,
): object {
  const interrupts = pendingCalls.filter(({ call }) => !isClientTool(call.name)).map(encodeInterrupt);
  const pendingToolCallIds = pendingCalls.map(({ call }) => call).filter(({ name }) => isClientTool(name));
  if (interrupts.length > 0) return { type: "interrupt", interrupts };
  if (!isVersion1 || pendingToolCallIds.length === 0) return { type: "success" };
  return { type: "success", pendingToolCallIds: pendingToolCallIds.map(({ id }) => id) };
}

function encodeInterrupt({ call, preview: request }: PendingCall): object {
  return {
    id: call.id,
    reason: "tool_call",
    toolCallId: call.id,
    message: request ? `${request.method} ${request.url}` : describeCall(call, undefined),
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
