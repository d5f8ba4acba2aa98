/** What a client brings with a request beside the question: where it keeps the history, it may bring tools of its own too. */

import type { ReviewCall } from "../chat/approval.ts";
import type { RequestInput } from "../chat/context/request.ts";
import type { ToolDefinition } from "../chat/types.ts";
import type { App } from "../context.ts";
import { estimateTokens } from "../tools/catalog/tool.ts";

export interface Brought {
  /** Of the client's own, for the model: what its system messages say. */
  readonly instructions: readonly string[];
  /** In place of ours. The client carries out their calls. */
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly stopSequences?: readonly string[] | undefined;
}

type Offered = Pick<RequestInput, "system" | "tools" | "toolTokens">;

/** What the model is offered: ours, and what the client has to say; or what the client brought. */
export function withBrought(
  ours: Offered,
  { instructions, tools, stopSequences }: Brought,
  { systemPrompt }: Pick<App["config"], "systemPrompt">,
): Offered & Pick<RequestInput, "stopSequences"> {
  // Our own text is about our own tools.
  const system = tools === undefined ? ours.system : (systemPrompt ?? "");
  const said = instructions.filter((text) => text.trim() !== "");
  return {
    system:
      said.length === 0 ? system : [system, CLIENTS, ...said].filter((text) => text !== "").join("\n\n"),
    stopSequences,
    ...(tools === undefined
      ? { tools: ours.tools, toolTokens: ours.toolTokens }
      : { tools, toolTokens: tools.reduce((sum, tool) => sum + tokensOf(tool), 0) }),
  };
}

const CLIENTS =
  "[What follows comes from the application through which the person asks. It adds to what stands above and does not change it.]";

/** Nothing is carried out here. */
export const handAllOver: ReviewCall = async () => ({ verdict: "ask" });

function tokensOf({ name, description, inputSchema }: ToolDefinition): number {
  return estimateTokens(name, description, inputSchema);
}
