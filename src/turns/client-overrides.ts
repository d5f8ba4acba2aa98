/** Overrides that a client which keeps the history sends with a request: instructions, tools, format and stop sequences. */
import type { ApprovalPolicy } from "../chat/approval.ts";
import type { RequestInput } from "../chat/context/request.ts";
import type { ToolDefinition } from "../chat/types.ts";
import type { App } from "../context.ts";
import type { ToolChoice } from "../model/types.ts";
import { estimateTokens } from "../tools/catalog/tool.ts";
import type { ClientTools } from "./client-tools.ts";
import { withForcedCalls } from "./forced-calls.ts";
import { type ConvertedFormat, withStructuredOutput } from "./structured-output.ts";
import type { TurnModel } from "./turn-model.ts";

export interface ClientOverrides {
  /** The client's system messages. */
  readonly instructions: readonly string[];
  /** The client runs their calls. Unset: the client has none. */
  readonly tools?: ClientTools | undefined;
  /** The tools of the API are offered too. */
  readonly hasServerTools: boolean;
  /** An operation that the client chose. The model, which would have to search for it, reads its definition too. */
  readonly chosen?: ToolDefinition | undefined;
  readonly toolChoice?: ToolChoice | undefined;
  readonly output?: ConvertedFormat | undefined;
  readonly stopSequences?: readonly string[] | undefined;
}

type RequestDefaults = Pick<RequestInput, "system" | "tools" | "toolTokens">;

/** Returns the system prompt and the tools of a request with the client's overrides. */
export function applyClientOverrides(
  defaults: RequestDefaults,
  { instructions, tools, hasServerTools, chosen, output, stopSequences }: ClientOverrides,
  { systemPrompt }: Pick<App["config"], "systemPrompt">,
): RequestDefaults & Pick<RequestInput, "stopSequences" | "isStructured"> {
  // The built-in prompt describes the tools of the API.
  const system = hasServerTools ? defaults.system : (systemPrompt ?? "");
  const addedTools = [...(chosen ? [chosen] : []), ...(tools?.definitions ?? [])];
  const addedTokens = addedTools.reduce((sum, tool) => sum + estimateDefinitionTokens(tool), 0);
  const clientInstructions = instructions.filter((text) => text.trim() !== "");
  return {
    system:
      clientInstructions.length === 0
        ? system
        : [system, CLIENT_INSTRUCTIONS_HEADER, ...clientInstructions]
            .filter((text) => text !== "")
            .join("\n\n"),
    stopSequences,
    isStructured: output !== undefined,
    tools:
      hasServerTools && addedTools.length === 0
        ? defaults.tools
        : [...(hasServerTools ? defaults.tools : []), ...addedTools],
    toolTokens: (hasServerTools ? defaults.toolTokens : 0) + addedTokens,
  };
}

const CLIENT_INSTRUCTIONS_HEADER =
  "[What follows comes from the application through which the person asks. It adds to what stands above and does not change it.]";

/** Leaves the calls of the client's tools to the client. Without tools of the server, all calls. */
export function delegateCalls(
  { tools, hasServerTools }: ClientOverrides,
  policy: ApprovalPolicy,
): ApprovalPolicy {
  if (!hasServerTools) return async () => ({ verdict: "ask" });
  if (!tools) return policy;
  return async (call, signal, isDecided) =>
    tools.has(call.name) ? { verdict: "ask" } : await policy(call, signal, isDecided);
}

/** Returns the model with the client's choice of tools and format of replies. */
export function applyReplyOptions(
  model: TurnModel,
  { tools, toolChoice, output }: ClientOverrides,
): TurnModel {
  const structured = output ? withStructuredOutput(model, output) : model;
  const isClientTool = (name: string) => tools?.has(name) ?? false;
  return toolChoice ? withForcedCalls(structured, toolChoice, isClientTool) : structured;
}

function estimateDefinitionTokens({ name, description, inputSchema }: ToolDefinition): number {
  return estimateTokens(name, description, inputSchema);
}
