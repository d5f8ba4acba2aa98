/** Creates the overrides of a turn from the request of a client that keeps the history. */
import type { ToolCatalog } from "../apis/load-apis.ts";
import type { ToolDefinition } from "../chat/types.ts";
import type { Config } from "../config/settings.ts";
import type { ClientOverrides } from "./client-overrides.ts";
import { ClientTools } from "./client-tools.ts";
import { checkToolChoice } from "./forced-calls.ts";
import type { StatelessRequest } from "./stateless-request.ts";
import { convertFormat } from "./structured-output.ts";

/** @param current the tools that the caller may use. @throws AppError `bad_request` */
export function createClientOverrides(
  {
    instructions,
    tools: clientTools = [],
    withoutTools,
    toolChoice,
    output,
    stopSequences = [],
  }: StatelessRequest,
  current: ToolCatalog,
  { clientTools: placement }: Pick<Config, "clientTools">,
): ClientOverrides {
  const serverTools = current.advertised;
  const isBeside = placement === "beside";
  const serverNames = new Set(serverTools.map(({ name }) => name));
  // An operation that is found by searching has its name too.
  const isServerName = (name: string) => serverNames.has(name) || current.find(name)?.name === name;
  const tools =
    clientTools.length > 0 && !withoutTools
      ? new ClientTools(clientTools, (name) => isBeside && isServerName(name))
      : undefined;
  const hasServerTools = !withoutTools && (isBeside || tools === undefined);
  const choice =
    typeof toolChoice === "object"
      ? { tool: tools?.toModelName(toolChoice.tool) ?? toolChoice.tool }
      : toolChoice;
  const chosen =
    hasServerTools && typeof choice === "object" ? findSearched(current, choice.tool) : undefined;
  checkToolChoice(choice, [
    ...(hasServerTools ? serverTools : []),
    ...(chosen ? [chosen] : []),
    ...(tools?.definitions ?? []),
  ]);
  // Bedrock refuses empty ones, and an empty list.
  const stops = stopSequences.filter((sequence) => sequence !== "");
  return {
    instructions,
    tools,
    hasServerTools,
    chosen,
    toolChoice: choice,
    output: output && convertFormat(output),
    stopSequences: stops.length > 0 ? stops : undefined,
  };
}

/** Returns the definition of an operation that is found by searching. Undefined for a tool that is described anyway. */
function findSearched({ search, find }: ToolCatalog, name: string): ToolDefinition | undefined {
  const tool = search?.sign(name) === undefined ? undefined : find(name);
  return tool?.name === name ? toDefinition(tool) : undefined;
}

function toDefinition({ name, description, inputSchema }: ToolDefinition): ToolDefinition {
  return { name, description, inputSchema };
}
