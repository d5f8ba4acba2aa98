/** Overrides that a client which keeps the history sends with a request: instructions, tools and stop sequences. */
import type { ApprovalPolicy } from "../chat/approval.ts";
import type { RequestInput } from "../chat/context/request.ts";
import type { ToolDefinition } from "../chat/types.ts";
import type { App } from "../context.ts";
import { estimateTokens } from "../tools/catalog/tool.ts";

export interface ClientOverrides {
  /** The client's system messages. */
  readonly instructions: readonly string[];
  /** Replace the tools of the API. The client runs their calls. */
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly stopSequences?: readonly string[] | undefined;
}

type RequestDefaults = Pick<RequestInput, "system" | "tools" | "toolTokens">;

/** Returns the system prompt and the tools of a request with the client's overrides. */
export function applyClientOverrides(
  defaults: RequestDefaults,
  { instructions, tools, stopSequences }: ClientOverrides,
  { systemPrompt }: Pick<App["config"], "systemPrompt">,
): RequestDefaults & Pick<RequestInput, "stopSequences"> {
  // The built-in prompt describes the tools of the API.
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

/** Leaves every call to the client. */
export const delegateAllCalls: ApprovalPolicy = async () => ({ verdict: "ask" });

function estimateDefinitionTokens({ name, description, inputSchema }: ToolDefinition): number {
  return estimateTokens(name, description, inputSchema);
}
