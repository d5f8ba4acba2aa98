/** A request to an agent as the input of InvokeAgent. Pure. */
import { stringifyJson } from "../../json.ts";
import type { AgentJson, AgentRequest } from "./types.ts";

/** Without streamFinalResponse the whole answer would come as one chunk, at its end. */
export function buildInvokeInput(request: AgentRequest): AgentJson {
  const { agentId, agentAliasId, sessionId, inputText, trace = false, controlResults } = request;
  const sessionState = {
    ...(request.sessionAttributes && { sessionAttributes: toTextAttributes(request.sessionAttributes) }),
    ...(request.promptSessionAttributes && {
      promptSessionAttributes: toTextAttributes(request.promptSessionAttributes),
    }),
    ...(controlResults && {
      invocationId: controlResults.invocationId,
      returnControlInvocationResults: controlResults.results,
    }),
  };
  return {
    agentId,
    agentAliasId,
    sessionId,
    ...(!controlResults && { inputText }),
    ...(trace && { enableTrace: true }),
    ...(Object.keys(sessionState).length > 0 && { sessionState }),
    streamingConfigurations: { streamFinalResponse: true },
  };
}

function toTextAttributes(attributes: AgentJson): AgentJson {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === "string" ? value : stringifyJson(value ?? null),
    ]),
  );
}
