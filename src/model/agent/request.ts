/** Builds the input of InvokeAgent. */
import { stringifyJson } from "../../json.ts";
import type { AgentJson, AgentRequest } from "./types.ts";

/** Builds the input. Without `streamFinalResponse` the response would arrive as one chunk at its end. */
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
