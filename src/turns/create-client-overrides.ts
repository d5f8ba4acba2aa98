/** Creates the overrides of a turn from the request of a client that keeps the history. */
import type { App } from "../context.ts";
import type { ClientOverrides } from "./client-overrides.ts";
import { ClientTools } from "./client-tools.ts";
import { checkToolChoice } from "./forced-calls.ts";
import type { StatelessRequest } from "./stateless-request.ts";
import { convertFormat } from "./structured-output.ts";

/** @throws AppError `bad_request` */
export function createClientOverrides(
  {
    instructions,
    tools: clientTools = [],
    withoutTools,
    toolChoice,
    output,
    stopSequences,
  }: StatelessRequest,
  { apis, config }: Pick<App, "apis" | "config">,
): ClientOverrides {
  const serverTools = apis.current.advertised;
  const isBeside = config.clientTools === "beside";
  const serverNames = new Set(serverTools.map(({ name }) => name));
  const tools =
    clientTools.length > 0 && !withoutTools
      ? new ClientTools(clientTools, (name) => isBeside && serverNames.has(name))
      : undefined;
  const hasServerTools = !withoutTools && (isBeside || tools === undefined);
  const choice =
    typeof toolChoice === "object"
      ? { tool: tools?.toModelName(toolChoice.tool) ?? toolChoice.tool }
      : toolChoice;
  checkToolChoice(choice, [...(hasServerTools ? serverTools : []), ...(tools?.definitions ?? [])]);
  return {
    instructions,
    tools,
    hasServerTools,
    toolChoice: choice,
    output: output && convertFormat(output),
    stopSequences,
  };
}
