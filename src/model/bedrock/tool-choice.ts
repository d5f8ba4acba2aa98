/** Makes a model call a tool: by `toolChoice` where the model supports it, otherwise by the system prompt. */
import type { Capabilities } from "../capabilities.ts";
import type { ModelRequest } from "../types.ts";
import type { ConverseBody } from "./types.ts";

interface ToolChoicePlan {
  readonly toolChoice?: NonNullable<ConverseBody["toolConfig"]>["toolChoice"] | undefined;
  /** An addition to the system prompt. Empty when there is none. */
  readonly instruction: string;
}

/** @param isReasoning Claude refuses a forced call while it reasons. */
export function planToolChoice(
  { toolChoice, tools }: ModelRequest,
  { toolChoice: supported }: Capabilities,
  isReasoning: boolean,
): ToolChoicePlan {
  if (toolChoice === undefined) return { instruction: "" };
  const canForce = !isReasoning && tools.length > 0;
  if (toolChoice === "any") {
    if (canForce && supported.includes("any")) return { toolChoice: { any: {} }, instruction: "" };
    return { instruction: "Reply with a call of a tool, not with text." };
  }
  const { tool: name } = toolChoice;
  if (canForce && supported.includes("tool")) return { toolChoice: { tool: { name } }, instruction: "" };
  const instruction = `Reply with a call of the tool ${name}, not with text.`;
  return canForce && supported.includes("any") ? { toolChoice: { any: {} }, instruction } : { instruction };
}
