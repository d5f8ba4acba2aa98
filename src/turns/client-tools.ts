/** What a client brings with a request beside the question: where it keeps the history, it may bring tools of its own too. */

import type { ApprovalPolicy } from "../chat/approval.ts";
import type { RequestInput } from "../chat/context/request.ts";
import type { ToolDefinition } from "../chat/types.ts";
import type { App } from "../context.ts";
import { estimateTokens } from "../tools/catalog/tool.ts";

export interface ClientOverrides {
  /** Of the client's own, for the model: what its system messages say. */
  readonly instructions: readonly string[];
  /** In place of ours. The client carries out their calls. */
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly stopSequences?: readonly string[] | undefined;
}

type RequestDefaults = Pick<RequestInput, "system" | "tools" | "toolTokens">;

/** What the model is offered: ours, and what the client has to say; or what the client brought. */
export function applyClientOverrides(
  defaults: RequestDefaults,
  { instructions, tools, stopSequences }: ClientOverrides,
  { systemPrompt }: Pick<App["config"], "systemPrompt">,
): RequestDefaults & Pick<RequestInput, "stopSequences"> {
  // Our own text is about our own tools.
  const system = tools === undefined ? defaults.system : (systemPrompt ?? "");
  const clientInstructions = instructions.filter((text) => text.trim() !== "");
  return {
    system:
      clientInstructions.length === 0
        ? system
        : [system, CLIENT_INSTRUCTIONS_HEADER, ...clientInstructions]
            .filter((text) => text !== "")
            .join("\n\n"),
    stopSequences,
    ...(tools === undefined
      ? { tools: defaults.tools, toolTokens: defaults.toolTokens }
      : { tools, toolTokens: tools.reduce((sum, tool) => sum + estimateDefinitionTokens(tool), 0) }),
  };
}

const CLIENT_INSTRUCTIONS_HEADER =
  "[What follows comes from the application through which the person asks. It adds to what stands above and does not change it.]";

/** Nothing is carried out here. */
export const delegateAllCalls: ApprovalPolicy = async () => ({ verdict: "ask" });

function estimateDefinitionTokens({ name, description, inputSchema }: ToolDefinition): number {
  return estimateTokens(name, description, inputSchema);
}
